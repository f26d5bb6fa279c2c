{#- What several endpoints answer alike is renamed once; a model names its raw table and the record it hangs from. -#}

{#- Lines of a sales or purchase document; the net amount is the one after discount. -#}
{% macro staged_lines(table, entity) -%}
with source as (

    select * from {{ source('raw', table) }}

),

renamed as (

    select
        administration_id,
        {{ entity }}_id,
        row_number as line_position,
        id as {{ entity }}_line_id,
        ledger_account_id,
        tax_rate_id,
        project_id,
        product_id,
        row_order,

        description,
        amount as amount_text,
        period as period_text,
        {{ json_list_text('tax_report_reference') }} as tax_report_reference,
        {{ text_or_null('mandatory_tax_text') }} as mandatory_tax_text,

        amount_decimal as quantity,
        price as unit_price,
        total_price_excl_tax_with_discount as net_amount,
        total_price_excl_tax_with_discount_base as net_base_amount,

        coalesce(is_optional, false) as is_optional,
        coalesce(is_selected, false) as is_selected,
        _deleted_at is not null as is_deleted,

        {{ period_date('period', 1) }} as period_start_date,
        {{ period_date('period', 11) }} as period_end_date,

        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
{%- endmacro %}

{#- Payments and settlements of a document; positive lowers what is owed. -#}
{% macro staged_payments(table, entity) -%}
with source as (

    select * from {{ source('raw', table) }}

),

renamed as (

    select
        administration_id,
        {{ entity }}_id,
        row_number as line_position,
        id as payment_id,
        financial_account_id,
        financial_mutation_id,
        ledger_account_id,
        credit_invoice_id,
        linked_payment_id,
        payment_transaction_id,
        transaction_identifier,
        user_id,

        invoice_type,
        manual_payment_action,

        price as amount,
        price_base as base_amount,

        _deleted_at is not null as is_deleted,

        payment_date,

        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
{%- endmacro %}

{#- VAT per rate of a document, as Moneybird rounded it. -#}
{% macro staged_tax_totals(table, entity) -%}
with source as (

    select * from {{ source('raw', table) }}

),

renamed as (

    select
        administration_id,
        {{ entity }}_id,
        row_number as line_position,
        tax_rate_id,

        taxable_amount,
        taxable_amount_base as taxable_base_amount,
        tax_amount,
        tax_amount_base as tax_base_amount,

        _deleted_at is not null as is_deleted,

        _changed_at,
        _deleted_at

    from source

)

select * from renamed
{%- endmacro %}

{#- Own fields of a record. -#}
{% macro staged_custom_fields(table, entity) -%}
with source as (

    select * from {{ source('raw', table) }}

),

renamed as (

    select
        administration_id,
        {{ entity }}_id,
        row_number as line_position,
        id as custom_field_id,

        {{ text_or_null('name') }} as custom_field_name,
        {{ text_or_null('value') }} as custom_field_value,

        _deleted_at is not null as is_deleted,

        _changed_at,
        _deleted_at

    from source

)

select * from renamed
{%- endmacro %}

{#- How a purchase is divided over kinds of use. -#}
{% macro staged_fiscal_allocations(table, entity) -%}
with source as (

    select * from {{ source('raw', table) }}

),

renamed as (

    select
        administration_id,
        {{ entity }}_id,
        row_number as line_position,
        id as fiscal_allocation_id,
        ledger_account_id,
        private_ledger_account_id,

        price as amount,
        price_base as base_amount,
        percentage,

        _deleted_at is not null as is_deleted,

        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
{%- endmacro %}

{#- A purchase document: an invoice or a receipt. -#}
{% macro staged_purchases(table, entity) -%}
with source as (

    select * from {{ source('raw', table) }}

),

renamed as (

    select
        administration_id,
        id as {{ entity }}_id,
        contact_id,
        entry_number,
        version as record_version,

        {{ text_or_null('reference') }} as reference,
        state,
        {{ text_or_null('currency') }} as currency_code,
        {{ text_or_null('origin') }} as origin,
        {{ text_or_null('tax_number') }} as tax_number,

        total_price_excl_tax as total_excl_amount,
        total_price_incl_tax - total_price_excl_tax as tax_amount,
        total_price_incl_tax as total_incl_amount,
        total_price_excl_tax_base as total_excl_base_amount,
        total_price_incl_tax_base - total_price_excl_tax_base as tax_base_amount,
        total_price_incl_tax_base as total_incl_base_amount,
        exchange_rate,

        coalesce(state in ('new', 'saved'), false) as is_unprocessed,
        coalesce(revenue_invoice, false) as is_self_billed,
        coalesce(prices_are_incl_tax, false) as is_priced_incl_tax,
        _deleted_at is not null as is_deleted,

        date as invoice_date,
        due_date,
        paid_at as paid_date,

        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
{%- endmacro %}

{#- Names and addresses an administration writes under. -#}
{% macro staged_identities(table, entity) -%}
with source as (

    select * from {{ source('raw', table) }}

),

renamed as (

    select
        administration_id,
        id as {{ entity }}_id,

        {{ text_or_null('company_name') }} as company_name,
        {{ text_or_null('address1') }} as address1,
        {{ text_or_null('address2') }} as address2,
        {{ text_or_null('zipcode') }} as zipcode,
        {{ text_or_null('city') }} as city,
        {{ text_or_null('country') }} as country_code,
        {{ text_or_null('email') }} as email,
        {{ text_or_null('phone') }} as phone,
        {{ text_or_null('bank_account_name') }} as bank_account_name,
        {{ text_or_null('bank_account_number') }} as bank_account_number,
        {{ text_or_null('bank_account_bic') }} as bank_account_bic,
        {{ text_or_null('chamber_of_commerce') }} as chamber_of_commerce_number,
        {{ text_or_null('tax_number') }} as tax_number,

        _deleted_at is not null as is_deleted,

        created_at,
        updated_at,
        _changed_at,
        _deleted_at

    from source

)

select * from renamed
{%- endmacro %}
