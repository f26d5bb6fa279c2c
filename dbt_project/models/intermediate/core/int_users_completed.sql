with listed as (

    select * from {{ ref('stg_moneybird__users') }}

),

named as (

    select * from {{ ref('int_records_named') }}
    where record_kind = 'user'

),

unknown as (

    select
        named.administration_id,
        named.record_id as user_id

    from named
    left join listed
        on
            named.administration_id = listed.administration_id
            and named.record_id = listed.user_id
    where listed.user_id is null

),

completed as (

    select
        administration_id,
        user_id,
        coalesce(user_name, 'User ' || user_id) as user_name,
        user_type,
        is_deleted,
        false as is_unknown

    from listed

    union all

    select
        administration_id,
        user_id,
        'User ' || user_id as user_name,
        cast(null as varchar) as user_type,
        false as is_deleted,
        true as is_unknown

    from unknown

)

select * from completed
