{{ config(materialized='table') }}

{#- Owned by whoever owns the owner, step by step down; a circle ends at the twentieth step. -#}
with recursive ownership as (

    select
        parent_administration_id,
        administration_id,
        percentage,
        valid_from_date,
        coalesce(valid_to_date, cast('9999-12-31' as date)) as valid_to_date

    from {{ ref('ownership') }}

),

administrations as (

    select * from {{ ref('int_administrations_joined') }}

),

heads as (

    select distinct owners.parent_administration_id as group_id
    from ownership as owners
    left join ownership as owned
        on owners.parent_administration_id = owned.administration_id
    where owned.administration_id is null

),

chain as (

    select
        group_id,
        group_id as administration_id,
        cast(null as varchar) as parent_administration_id,
        true as is_wholly_owned,
        cast('0001-01-01' as date) as valid_from_date,
        cast('9999-12-31' as date) as valid_to_date,
        0 as steps

    from heads

    union all

    select
        chain.group_id,
        ownership.administration_id,
        ownership.parent_administration_id,
        chain.is_wholly_owned and ownership.percentage = 100 as is_wholly_owned,
        greatest(chain.valid_from_date, ownership.valid_from_date) as valid_from_date,
        least(chain.valid_to_date, ownership.valid_to_date) as valid_to_date,
        chain.steps + 1 as steps

    from chain
    inner join ownership
        on
            chain.administration_id = ownership.parent_administration_id
            and chain.valid_from_date <= ownership.valid_to_date
            and chain.valid_to_date >= ownership.valid_from_date
    where chain.steps < 20

),

judged as (

    select
        chain.group_id,
        chain.administration_id,
        chain.parent_administration_id,
        chain.valid_from_date,
        chain.valid_to_date,
        chain.steps,
        administrations.currency_code,
        case
            when administrations.administration_id is null then 'not in the warehouse'
            when not chain.is_wholly_owned then 'not wholly owned'
            when administrations.currency_code <> heads.currency_code then 'other currency'
            else 'consolidated'
        end as consolidation

    from chain
    left join administrations
        on chain.administration_id = administrations.administration_id
    inner join administrations as heads
        on chain.group_id = heads.administration_id

)

select * from judged
