{%- set listed = [] -%}
{%- for check_id, check in recon_check_rows().items() if check.get('items') -%}
{%- do listed.append(check_id) -%}
{%- endfor -%}
with unioned as (
    {% for check_id in listed %}
    select
        '{{ check_id }}' as check_id,
        administration_id,
        period,
        item_date,
        document_type,
        document_id,
        item_kind,
        is_explained,
        amount,
        description,
        contact_key

    from {{ ref('items_' ~ check_id) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

unread_checks as (

    select * from {{ ref('int_unread_checks') }}

),

final as (

    select
        unioned.check_id,
        unioned.administration_id,
        cast(row_number() over (
            partition by unioned.check_id, unioned.administration_id
            order by
                unioned.item_date, unioned.period, unioned.document_type, unioned.document_id, unioned.item_kind,
                unioned.amount, unioned.description
        ) as integer) as item_number,
        unioned.period,
        unioned.item_date,
        unioned.document_type,
        unioned.document_id,
        unioned.item_kind,
        unioned.is_explained,
        {{ money('unioned.amount') }} as amount,
        unioned.description,
        unioned.contact_key

    from unioned
    left join unread_checks
        on
            unioned.check_id = unread_checks.check_id
            and unioned.administration_id = unread_checks.administration_id
            and unread_checks.is_out_of_reach
    where unread_checks.check_id is null

)

select * from final
