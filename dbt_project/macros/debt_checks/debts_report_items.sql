{#- One item per contact and period for whom both differ. -#}
{% macro debts_report_items(role, sign, report) -%}
{{ debts_beside_report(role, sign, report) }},

final as (

    select
        compared.administration_id,
        {{ report_period_text('compared.period_start_date', 'compared.period_end_date') }} as period,
        compared.period_end_date as item_date,
        'Contact' as document_type,
        compared.member as document_id,
        'unexplained on a contact' as item_kind,
        false as is_explained,
        {{ money('compared.left_amount - compared.right_amount') }} as amount,
        cast(null as varchar) as description,
        compared.member as contact_key

    from compared
    left join unprovable
        on
            compared.administration_id = unprovable.administration_id
            and compared.period_start_date = unprovable.period_start_date
            and compared.period_end_date = unprovable.period_end_date
    where compared.left_amount <> compared.right_amount and unprovable.administration_id is null

)

select * from final
{%- endmacro %}
