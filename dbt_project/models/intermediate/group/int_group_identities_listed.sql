with administrations as (

    select * from {{ ref('int_administrations_joined') }}

),

default_identities as (

    select * from {{ ref('stg_moneybird__default_identity') }}

),

identities as (

    select * from {{ ref('stg_moneybird__identities') }}

),

financial_accounts as (

    select * from {{ ref('stg_moneybird__financial_accounts') }}

),

named as (

    select administration_id, company_name, zipcode, chamber_of_commerce_number, tax_number, bank_account_number
    from default_identities
    where not is_deleted

    union all

    select administration_id, company_name, zipcode, chamber_of_commerce_number, tax_number, bank_account_number
    from identities
    where not is_deleted

),

listed as (

    select administration_id, 'chamber_of_commerce' as evidence, {{ kvk_number('chamber_of_commerce_number') }} as value
    from named

    union

    select administration_id, 'tax_number' as evidence, {{ telling_vat_number('tax_number') }} as value
    from named

    union

    select administration_id, 'bank_account' as evidence, {{ compact('bank_account_number') }} as value
    from named

    union

    select administration_id, 'bank_account' as evidence, {{ compact('account_number') }} as value
    from financial_accounts
    where not is_deleted

    union

    select
        administration_id,
        'name_and_postcode' as evidence,
        {{ company_name_text('company_name') }} || '|' || {{ compact('zipcode') }} as value
    from named

    union

    select
        administrations.administration_id,
        'name_and_postcode' as evidence,
        {{ company_name_text('administrations.administration_name') }} || '|' || {{ compact('named.zipcode') }} as value
    from administrations
    inner join named
        on administrations.administration_id = named.administration_id

),

filled as (

    select * from listed
    where value is not null

)

select * from filled
