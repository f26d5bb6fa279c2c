with estimates as (

    select * from {{ ref('stg_moneybird__estimates') }}
    where not is_deleted

),

contact_versions as (

    select * from {{ ref('int_contact_versions_ordered') }}

),

final as (

    select
        {{ entity_key('estimates.estimate_id', 'estimates.administration_id') }} as estimate_key,
        estimates.administration_id,
        estimates.estimate_id,
        {{ member_key('estimates.contact_id', 'estimates.administration_id') }} as contact_key,
        {{ contact_version_key('estimates') }} as contact_version_key,
        estimates.estimate_number,
        estimates.reference,
        estimates.state,
        estimates.estimate_date,
        estimates.due_date,
        estimates.sent_date,
        estimates.accepted_date,
        estimates.rejected_date,
        estimates.archived_date,
        estimates.currency_code,
        estimates.total_excl_amount,
        estimates.tax_amount,
        estimates.total_incl_amount,
        estimates.total_excl_base_amount,
        estimates.tax_base_amount,
        estimates.total_incl_base_amount,
        estimates.is_draft,
        estimates.updated_at,
        estimates._changed_at

    from estimates
    left join contact_versions
        on {{ contact_version_is_valid('estimates', 'estimates.estimate_date') }}

)

select * from final
