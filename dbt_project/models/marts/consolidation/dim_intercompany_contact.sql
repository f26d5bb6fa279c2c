with matches as (

    select * from {{ ref('int_intercompany_contacts_matched') }}

),

final as (

    select
        {{ entity_key('contact_id') }} as contact_key,
        administration_id,
        valid_from_date,
        valid_to_date,
        counterparty_administration_id,
        method,
        confidence,
        evidence_count,
        confirmed_by,
        counterparty_administration_id is not null and confidence >= 0.98 as is_intercompany

    from matches

)

select * from final
