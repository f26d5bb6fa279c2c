{{ config(materialized='table') }}

with matches as (

    select * from {{ ref('int_hours_matched_to_lines') }}

),

invoices as (

    select * from {{ ref('fct_sales_invoice') }}

),

projects as (

    select * from {{ ref('dim_project') }}

),

-- One minute is rounding: a line's hours have two decimals, which is a third of a minute.
different as (

    select * from matches
    where line_count > 0 and abs(linked_minutes - billed_minutes) > 1

),

final as (

    select
        different.administration_id,
        {{ month_text('different.invoice_date') }} as period,
        different.invoice_date as item_date,
        invoices.document_type,
        different.sales_invoice_id as document_id,
        'hours on the invoice are not those linked to it' as item_kind,
        false as is_explained,
        {{ money('different.linked_amount - different.billed_amount') }} as amount,
        coalesce(projects.project_name, '') || ': ' || cast(different.linked_minutes as varchar) || ' minutes linked, '
        || cast(different.billed_minutes as varchar) || ' on the lines' as description,
        invoices.contact_key

    from different
    inner join invoices
        on
            different.administration_id = invoices.administration_id
            and different.sales_invoice_id = invoices.sales_invoice_id
    left join projects
        on
            different.administration_id = projects.administration_id
            and different.project_id = projects.project_id

)

select * from final
