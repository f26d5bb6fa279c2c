with source as (

    select * from {{ source('raw', 'assets__sources') }}

),

renamed as (

    select
        administration_id,
        asset_id,
        row_number as line_position,
        id as asset_source_id,
        detail_id as line_id,
        general_journal_document_entry_id,

        _deleted_at is not null as is_deleted,

        _changed_at,
        _deleted_at

    from source

)

select * from renamed
