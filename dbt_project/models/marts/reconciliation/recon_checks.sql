with unioned as (
    {% for check_id, check in recon_check_rows().items() %}
    select
        '{{ check_id }}' as check_id,
        '{{ check.name }}' as check_name,
        '{{ check.class }}' as class,
        administration_id,
        period,
        period_end_date,
        left_amount,
        right_amount,
        explained_amount,
        difference,
        {{ check.tolerance }} as tolerance,
        is_computable,
        is_in_motion,
        drill_key

    from {{ ref('check_' ~ check_id) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

administrations as (

    select * from {{ ref('dim_administration') }}

),

-- An accepted difference is the one finance saw, to the cent and until its day; another one is open again. Without a period
-- it is of the row about today, which bears another date every day.
accepted_differences as (

    select distinct
        accepted.check_id,
        accepted.administration_id,
        coalesce(accepted.period, cast(administrations.business_date as varchar)) as period,
        accepted.amount

    from {{ ref('accepted_differences') }} as accepted
    inner join administrations
        on accepted.administration_id = administrations.administration_id
    where accepted.expires_on >= administrations.business_date

),

unread_checks as (

    select * from {{ ref('int_unread_checks') }}

),

judged as (

    select
        unioned.*,
        -- A list that was never read is not an empty one, and one that is out of reach since days says nothing of today:
        -- half of the records would look like a break, or a break like books that move.
        unioned.is_computable and not coalesce(unread_checks.is_out_of_reach, false) as is_known,
        -- One side is of the last sync and the other a little older: nobody made a mistake yet.
        unioned.is_in_motion or unread_checks.check_id is not null as is_moving,
        accepted_differences.check_id is not null as is_accepted

    from unioned
    left join accepted_differences
        on
            unioned.check_id = accepted_differences.check_id
            and unioned.administration_id = accepted_differences.administration_id
            and unioned.period = accepted_differences.period
            and unioned.difference = accepted_differences.amount
    left join unread_checks
        on
            unioned.check_id = unread_checks.check_id
            and unioned.administration_id = unread_checks.administration_id

),

final as (

    select
        check_id,
        check_name,
        class,
        administration_id,
        period,
        period_end_date,
        {{ money('left_amount') }} as left_amount,
        {{ money('right_amount') }} as right_amount,
        {{ money('explained_amount') }} as explained_amount,
        case when is_known then {{ money('difference') }} end as difference,
        {{ money('tolerance') }} as tolerance,
        case
            when not is_known then 'not_computable'
            when abs(difference) <= tolerance then 'ok'
            when is_moving then 'in_motion'
            when is_accepted then 'accepted'
            else 'break'
        end as status,
        drill_key

    from judged

)

select * from final
