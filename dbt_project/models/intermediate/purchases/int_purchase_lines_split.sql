with documents as (

    select * from {{ ref('int_purchases_unioned') }}
    where not is_deleted

),

lines as (

    select * from {{ ref('int_purchase_lines_unioned') }}
    where not is_deleted

),

shares as (

    select * from {{ ref('int_private_shares_summed') }}

),

line_sums as (

    select
        administration_id,
        document_id,
        sum(net_amount) as net_amount

    from lines
    group by administration_id, document_id

),

share_sums as (

    select
        administration_id,
        document_id,
        sum(private_incl_amount) as private_incl_amount

    from shares
    group by administration_id, document_id

),

-- Moneybird takes the share out of the lines once the document is saved with it; its total then holds both.
documents_with_a_share as (

    select
        documents.administration_id,
        documents.document_id,
        abs(documents.total_excl_amount - line_sums.net_amount - share_sums.private_incl_amount)
        <= abs(documents.total_excl_amount - line_sums.net_amount) as is_taken_out

    from documents
    inner join line_sums
        on
            documents.administration_id = line_sums.administration_id
            and documents.document_id = line_sums.document_id
    inner join share_sums
        on
            documents.administration_id = share_sums.administration_id
            and documents.document_id = share_sums.document_id

),

-- In hundredths of a per mille, so that a percentage with four decimals is divided as whole numbers.
weighed as (

    select
        lines.*,
        cast(coalesce(shares.private_percentage, 0) as decimal(18, 6)) as private_percentage,
        {{ money('coalesce(shares.private_percentage, 0) * 10000') }} as private_weight,
        {{ money('1000000 - coalesce(shares.private_percentage, 0) * 10000') }} as business_weight,
        {{ money('1000000') }} as whole_weight,
        coalesce(documents_with_a_share.is_taken_out, false) as is_taken_out

    from lines
    left join shares
        on
            lines.administration_id = shares.administration_id
            and lines.document_id = shares.document_id
            and lines.ledger_account_id = shares.ledger_account_id
    left join documents_with_a_share
        on
            lines.administration_id = documents_with_a_share.administration_id
            and lines.document_id = documents_with_a_share.document_id

),

shared as (

    select
        weighed.*,
        {%- for amount in ['net_amount', 'net_base_amount'] %}
        case
            when private_weight = 0 then {{ money('0') }}
            when not is_taken_out then {{ share_of_amount(amount, 'private_weight', 'whole_weight') }}
            when business_weight > 0 then {{ share_of_amount(amount, 'private_weight', 'business_weight') }}
        end as private_{{ amount | replace('net_', '') }}{{ ',' if not loop.last }}
        {%- endfor %}

    from weighed

),

split as (

    select
        shared.*,
        {{ money('case when is_taken_out then net_amount + private_amount else net_amount end') }} as gross_amount,
        {{ money('case when is_taken_out then net_base_amount + private_base_amount else net_base_amount end') }}
            as gross_base_amount,
        {{ money('case when is_taken_out then net_amount else net_amount - private_amount end') }} as business_amount,
        {{ money('case when is_taken_out then net_base_amount else net_base_amount - private_base_amount end') }}
            as business_base_amount

    from shared

)

select * from split
