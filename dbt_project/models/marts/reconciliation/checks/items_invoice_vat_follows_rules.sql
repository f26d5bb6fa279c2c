{{ config(materialized='table') }}

with lines as (

    select * from {{ ref('int_vat_lines_judged') }}

),

final as (

    select
        administration_id,
        {{ month_text('document_date') }} as period,
        document_date as item_date,
        document_type,
        document_id,
        case
            when verdict = 'breaks' then 'no rule gives this VAT'
            when verdict = 'corrects' then 'takes back an invoice that no rule allows'
            else 'a person decides: rule ' || rule_id
        end as item_kind,
        verdict <> 'breaks' as is_explained,
        count(*) as amount,
        rate_class || ' in box ' || box || ' for ' || supply_kind || ' to ' || customer_type || ' in ' || customer_zone
        || ', VAT number ' || vat_number_status as description,
        {{ member_key('contact_id') }} as contact_key

    from lines
    where verdict in ('breaks', 'review', 'corrects')
    group by
        administration_id, document_date, document_type, document_id, verdict, rule_id, rate_class, box, supply_kind,
        customer_type, customer_zone, vat_number_status, contact_id

)

select * from final
