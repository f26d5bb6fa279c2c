{#- What is owed, to us (`id` is sales_invoice_id) and by us (document_id): one way of reckoning for both. -#}

{#- CTEs `linked_*`: documents of the CTE `sent` with the open item they belong to: their own, or the original's. Two
    steps up: the original of a credit note, and the original of a correction of that credit note. -#}
{% macro linked_documents(id, original) -%}
linked as (

    select
        sent.*,
        coalesce(originals_of_originals.{{ id }}, originals.{{ id }}, sent.{{ id }}) as item_{{ id }}

    from sent
    left join sent as originals
        on
            sent.administration_id = originals.administration_id
            and sent.{{ original }} = originals.{{ id }}
            and sent.{{ id }} <> originals.{{ id }}
            and sent.currency_code = originals.currency_code
    left join sent as originals_of_originals
        on
            originals.administration_id = originals_of_originals.administration_id
            and originals.{{ original }} = originals_of_originals.{{ id }}
            and originals.{{ id }} <> originals_of_originals.{{ id }}
            and originals.currency_code = originals_of_originals.currency_code

)
{%- endmacro %}
