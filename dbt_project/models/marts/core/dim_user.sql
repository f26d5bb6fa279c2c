with administrations as (

    select * from {{ ref('dim_administration') }}

),

users as (

    select * from {{ ref('int_users_completed') }}

),

keyed as (

    select
        {{ entity_key('user_id') }} as user_key,
        administration_id,
        user_id,
        user_name,
        user_type,
        is_deleted,
        is_unknown

    from users

),

none_members as (

    select
        {{ none_key() }} as user_key,
        administration_id,
        cast(null as varchar) as user_id,
        'No user' as user_name,
        cast(null as varchar) as user_type,
        false as is_deleted,
        false as is_unknown

    from administrations

),

final as (

    select * from keyed
    union all
    select * from none_members

)

select * from final
