with source as (

    select * from {{ source('raw', 'subscription_templates') }}

),

renamed as (

    select
        administration_id,
        id as subscription_template_id,
        workflow_id,
        document_style_id,

        coalesce(mergeable, false) as is_mergeable,
        coalesce(contact_can_update, false) as is_changeable_by_contact,
        _deleted_at is not null as is_deleted,

        _changed_at,
        _deleted_at

    from source

)

select * from renamed
