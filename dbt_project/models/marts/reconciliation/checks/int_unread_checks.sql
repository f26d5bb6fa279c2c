with checks as (
    {% for check_id, check in recon_check_rows().items() %}{% set is_last_check = loop.last %}
    {%- for resource_name in check.reads %}
    select '{{ check_id }}' as check_id, '{{ resource_name }}' as resource_name
    {{ 'union all' if not (loop.last and is_last_check) }}
    {%- endfor %}
    {%- endfor %}

),

administrations as (

    select * from {{ ref('dim_administration') }}

),

resources_read as (

    select distinct
        administration_id,
        resource_name

    from {{ ref('stg_sync__reads') }}
    where resource_name <> 'general_ledger'

    union all

    -- Totals without their lines are no ledger: what counts is that one could be held against the other.
    select distinct
        administration_id,
        'general_ledger' as resource_name

    from {{ ref('stg_sync__ledger_proof') }}
    where proof_state <> 'not_provable'

),

unread as (

    select
        checks.check_id,
        administrations.administration_id,
        min(checks.resource_name) as first_unread_resource

    from checks
    cross join administrations
    left join resources_read
        on
            administrations.administration_id = resources_read.administration_id
            and checks.resource_name = resources_read.resource_name
    where resources_read.administration_id is null
    group by checks.check_id, administrations.administration_id

)

select * from unread
