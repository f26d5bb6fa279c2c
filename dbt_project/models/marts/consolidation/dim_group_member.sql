with members as (

    select * from {{ ref('int_group_members_followed') }}

),

final as (

    select
        group_id,
        administration_id,
        parent_administration_id,
        valid_from_date,
        valid_to_date,
        currency_code,
        consolidation,
        consolidation = 'consolidated' as is_consolidated

    from members

)

select * from final
