with checks as (
    {% for check_id, check in recon_check_rows().items() %}{% set is_last_check = loop.last %}
    {%- for resource_name in check.reads + check.get('follows', []) %}
    select
        '{{ check_id }}' as check_id,
        '{{ resource_name }}' as resource_name,
        {{ 1 if resource_name in check.reads else 0 }} as is_needed
    {{ 'union all' if not (loop.last and is_last_check) }}
    {%- endfor %}
    {%- endfor %}

),

administrations as (

    select * from {{ ref('dim_administration') }}

),

reads as (

    select * from {{ ref('stg_sync__reads') }}
    where resource_name <> 'general_ledger'

),

ledger_proofs as (

    select * from {{ ref('stg_sync__ledger_proof') }}
    where proof_state <> 'not_provable'

),

unread_resources as (

    select * from {{ ref('stg_sync__unread') }}

),

resources_read as (

    select
        administration_id,
        resource_name,
        max(read_at) as read_at

    from reads
    group by administration_id, resource_name

    union all

    -- Totals without their lines are no ledger: what counts is that one could be held against the other. A reading that
    -- broke off may have left new totals beside old lines.
    select
        ledger_proofs.administration_id,
        'general_ledger' as resource_name,
        greatest(
            max(ledger_proofs.checked_at), coalesce(max(unread_resources.unread_since), max(ledger_proofs.checked_at))
        ) as read_at

    from ledger_proofs
    left join unread_resources
        on
            ledger_proofs.administration_id = unread_resources.administration_id
            and unread_resources.resource_name = 'journal_entries'
    group by ledger_proofs.administration_id

),

sides as (

    select
        checks.check_id,
        administrations.administration_id,
        max(case when checks.is_needed = 1 and resources_read.administration_id is null then 1 else 0 end)
            as is_never_read,
        max(resources_read.read_at) as newest_read_at,
        min(unread_resources.unread_since) as unread_since

    from checks
    cross join administrations
    left join resources_read
        on
            administrations.administration_id = resources_read.administration_id
            and checks.resource_name = resources_read.resource_name
    left join unread_resources
        on
            resources_read.administration_id = unread_resources.administration_id
            and resources_read.resource_name = unread_resources.resource_name
    group by checks.check_id, administrations.administration_id

),

final as (

    select
        check_id,
        administration_id,
        -- Two days: a list that is read once a day and failed once is not out of reach yet.
        is_never_read = 1 or newest_read_at > unread_since + interval '2 days' as is_out_of_reach

    from sides
    where
        is_never_read = 1
        or newest_read_at >= unread_since

)

select * from final
