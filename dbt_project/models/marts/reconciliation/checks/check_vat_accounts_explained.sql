with administrations as (

    select * from {{ ref('dim_administration') }}

),

movements as (

    select * from {{ ref('int_vat_accounts_compared') }}

),

ledger_accounts as (

    select * from {{ ref('dim_ledger_account') }}

),

moving_months as (

    select distinct
        administration_id,
        month_date

    from {{ ref('recon_ledger_account_month') }}
    where state = 'in_motion'

),

-- Without both accounts nothing can be said; the other two are there only once a return was paid or filed.
provable as (

    select administration_id
    from ledger_accounts
    where role in ('vat_out', 'vat_in')
    group by administration_id
    having count(distinct role) = 2

),

months as (

    select
        administration_id,
        month_date,
        sum(posted_amount) as left_amount,
        sum(expected_amount) as right_amount,
        sum(case when movement_kind not in ('as the document says', 'unexplained')
            then posted_amount - expected_amount else 0 end) as explained_amount,
        sum(case when movement_kind = 'unexplained' then posted_amount - expected_amount else 0 end) as difference,
        min(case when movement_kind = 'unexplained' then document_id end) as first_document_id,
        max(case when is_undocumented then 1 else 0 end) as is_undocumented

    from movements
    group by administration_id, month_date

    union all

    select
        administrations.administration_id,
        {{ month_start('administrations.business_date') }} as month_date,
        0 as left_amount,
        0 as right_amount,
        0 as explained_amount,
        0 as difference,
        cast(null as varchar) as first_document_id,
        0 as is_undocumented

    from administrations
    left join movements
        on administrations.administration_id = movements.administration_id
    where movements.administration_id is null

),

final as (

    select
        months.administration_id,
        coalesce({{ month_text('months.month_date') }}, 'never synced') as period,
        {{ month_end('months.month_date') }} as period_end_date,
        {% set computable -%}
        months.month_date is not null and provable.administration_id is not null and months.is_undocumented = 0
        {%- endset -%}
        case when {{ computable }} then months.left_amount end as left_amount,
        case when {{ computable }} then months.right_amount end as right_amount,
        months.explained_amount,
        case when {{ computable }} then months.difference end as difference,
        {{ computable }} as is_computable,
        moving_months.month_date is not null as is_in_motion,
        months.administration_id || '-' || coalesce(
            months.first_document_id, {{ month_text('months.month_date') }}, 'never'
        ) as drill_key

    from months
    left join provable
        on months.administration_id = provable.administration_id
    left join moving_months
        on
            months.administration_id = moving_months.administration_id
            and months.month_date = moving_months.month_date

)

select * from final
