with administrations as (

    select * from {{ ref('dim_administration') }}

),

named as (

    select
        administration_id,
        count(*) as records

    from {{ ref('int_records_named') }}
    where is_in_use and record_kind <> 'ledger account'
    group by administration_id

),

missing as (

    select
        administration_id,
        count(*) as records,
        min(record_kind || ' ' || record_id) as first_record

    from {{ ref('int_missing_records_found') }}
    group by administration_id

),

counted as (

    select
        administrations.administration_id,
        administrations.business_date,
        coalesce(named.records, 0) as named_records,
        coalesce(missing.records, 0) as missing_records,
        missing.first_record

    from administrations
    left join named
        on administrations.administration_id = named.administration_id
    left join missing
        on administrations.administration_id = missing.administration_id

),

final as (

    select
        administration_id,
        coalesce(cast(business_date as varchar), 'never synced') as period,
        business_date as period_end_date,
        case when business_date is not null then named_records end as left_amount,
        case when business_date is not null then named_records - missing_records end as right_amount,
        0 as explained_amount,
        case when business_date is not null then missing_records end as difference,
        business_date is not null as is_computable,
        false as is_in_motion,
        administration_id || '-' || coalesce(first_record, cast(business_date as varchar), 'never') as drill_key

    from counted

)

select * from final
