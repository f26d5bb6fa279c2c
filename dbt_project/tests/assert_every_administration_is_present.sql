-- No administration the sync or the raw data knows is missing from the dimension or from a check.
{% set checks = recon_check_rows() %}
with known as (

    select administration_id from {{ ref('stg_moneybird__administrations') }}
    union
    select administration_id from {{ ref('stg_sync__administrations') }}

),

expected as (

    select administration_id, 'dim_administration' as found_in from known
    {% for check_id in checks %}
    union all
    select administration_id, '{{ check_id }}' as found_in from known
    {% endfor %}

),

present as (

    select administration_id, 'dim_administration' as found_in from {{ ref('dim_administration') }}
    union
    select administration_id, check_id as found_in from {{ ref('recon_checks') }}

)

select expected.*
from expected
left join present
    on expected.administration_id = present.administration_id and expected.found_in = present.found_in
where present.administration_id is null
