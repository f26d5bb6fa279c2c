{{ config(materialized='table') }}

with contacts as (

    select * from {{ ref('stg_moneybird__contacts') }}

),

identities as (

    select * from {{ ref('int_group_identities_listed') }}

),

regimes as (

    select * from {{ ref('vat_regimes') }}

),

confirmations as (

    select * from {{ ref('intercompany_contacts') }}

),

-- A fiscal unity has one number for all its members: it says that a contact is one of them, not which.
shared_values as (

    select
        evidence,
        value

    from identities
    group by evidence, value
    having count(distinct administration_id) > 1

),

unity_members as (

    select distinct administration_id
    from regimes
    where nullif(vat_entity, '') is not null

),

described as (

    select administration_id, contact_id, 'chamber_of_commerce' as evidence,
        {{ kvk_number('chamber_of_commerce_number') }} as value
    from contacts

    union all

    select administration_id, contact_id, 'tax_number' as evidence, {{ telling_vat_number('tax_number') }} as value
    from contacts

    union all

    select administration_id, contact_id, 'bank_account' as evidence, {{ compact('bank_account_number') }} as value
    from contacts

    union all

    select administration_id, contact_id, 'name_and_postcode' as evidence,
        {{ company_name_text('company_name') }} || '|' || {{ compact('zipcode') }} as value
    from contacts

),

evidences (evidence, confidence) as (

    values
    ('chamber_of_commerce', cast(1.00 as decimal(4, 2))),
    ('tax_number', cast(1.00 as decimal(4, 2))),
    ('bank_account', cast(0.98 as decimal(4, 2))),
    ('name_and_postcode', cast(0.85 as decimal(4, 2)))

),

agreeing as (

    select
        described.administration_id,
        described.contact_id,
        identities.administration_id as counterparty_administration_id,
        described.evidence,
        evidences.confidence

    from described
    inner join identities
        on
            described.evidence = identities.evidence
            and described.value = identities.value
            and described.administration_id <> identities.administration_id
    inner join evidences
        on described.evidence = evidences.evidence
    left join shared_values
        on
            described.evidence = shared_values.evidence
            and described.value = shared_values.value
    left join unity_members
        on
            identities.administration_id = unity_members.administration_id
            and described.evidence = 'tax_number'
            and shared_values.value is not null
    where unity_members.administration_id is null

),

weighed as (

    select
        administration_id,
        contact_id,
        counterparty_administration_id,
        max(confidence) as confidence,
        max(case when evidence = 'chamber_of_commerce' then 1 else 0 end) as has_chamber_of_commerce,
        max(case when evidence = 'tax_number' then 1 else 0 end) as has_tax_number,
        max(case when evidence = 'bank_account' then 1 else 0 end) as has_bank_account,
        max(case when evidence = 'name_and_postcode' then 1 else 0 end) as has_name_and_postcode

    from agreeing
    group by administration_id, contact_id, counterparty_administration_id

),

ranked as (

    select
        weighed.*,
        rank() over (
            partition by administration_id, contact_id order by has_chamber_of_commerce desc, confidence desc
        ) as place,
        count(*) over (partition by administration_id, contact_id, has_chamber_of_commerce, confidence)
            as equally_likely

    from weighed

),

found as (

    select
        administration_id,
        contact_id,
        counterparty_administration_id,
        cast('0001-01-01' as date) as valid_from_date,
        cast('9999-12-31' as date) as valid_to_date,
        case
            when has_chamber_of_commerce = 1 then 'chamber_of_commerce'
            when has_tax_number = 1 then 'tax_number'
            when has_bank_account = 1 then 'bank_account'
            else 'name_and_postcode'
        end as method,
        confidence,
        has_chamber_of_commerce + has_tax_number + has_bank_account + has_name_and_postcode as evidence_count,
        cast(null as varchar) as confirmed_by

    from ranked
    where place = 1 and equally_likely = 1

),

confirmed as (

    select
        administration_id,
        contact_id,
        counterparty_administration_id,
        valid_from_date,
        coalesce(valid_to_date, cast('9999-12-31' as date)) as valid_to_date,
        'confirmed' as method,
        cast(1.00 as decimal(4, 2)) as confidence,
        0 as evidence_count,
        confirmed_by

    from confirmations

),

-- What finance says about a contact replaces what was found about it, for all dates.
matched as (

    select * from confirmed

    union all

    select found.*
    from found
    left join (select distinct administration_id, contact_id from confirmed) as decided
        on
            found.administration_id = decided.administration_id
            and found.contact_id = decided.contact_id
    where decided.contact_id is null

)

select * from matched
