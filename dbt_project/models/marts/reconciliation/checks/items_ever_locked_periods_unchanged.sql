{{ config(materialized='table') }}

with changes as (

    select * from {{ ref('int_closed_period_changes_found') }}

),

administrations as (

    select * from {{ ref('dim_administration') }}

),

final as (

    select
        changes.administration_id,
        cast(administrations.business_date as varchar) as period,
        changes.affected_date as item_date,
        changes.document_type,
        changes.document_id,
        changes.change_kind || ', period ' || changes.closed_by as item_kind,
        false as is_explained,
        1 as amount,
        'on ' || cast(changes.changed_date as varchar) || ', from '
        || cast(changes.total_incl_base_amount as varchar)
        || coalesce(' to ' || cast(changes.next_total_incl_base_amount as varchar), '') as description,
        {{ member_key('changes.contact_id', 'changes.administration_id') }} as contact_key

    from changes
    inner join administrations
        on changes.administration_id = administrations.administration_id

)

select * from final
