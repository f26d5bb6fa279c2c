{{ config(materialized='table') }}

with lines as (

    select * from {{ ref('int_vat_document_lines_unioned') }}

),

learned as (

    select * from {{ ref('int_vat_rate_boxes_learned') }}

),

confirmed as (

    select * from {{ ref('tax_rate_boxes') }}

),

boxes as (

    select * from {{ ref('vat_boxes') }}

),

named as (

    select tax_report_reference from lines
    union
    select tax_report_reference from learned
    union
    select tax_report_reference from confirmed

),

split as (

    select
        named.tax_report_reference as tax_report_references,
        boxes.tax_report_reference,
        boxes.box_side,
        boxes.is_reverse_charge

    from named
    inner join boxes
        on
            boxes.box_side <> 'total'
            and ', ' || named.tax_report_reference || ', ' like '%, ' || boxes.tax_report_reference || ', %'

),

marked as (

    select
        split.*,
        max(case when is_reverse_charge then 1 else 0 end) over (partition by tax_report_references) = 1
            as has_reverse_charge

    from split

)

select * from marked
