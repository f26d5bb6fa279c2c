{#- Fails with every combination of `columns` that is missing in part or occurs more than once; `optional` ones may be empty. -#}
{% test is_key(model, columns, optional=[]) %}
select
    {{ columns | join(', ') }},
    count(*) as occurrences
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1 {%- for column in columns if column not in optional %} or {{ column }} is null {%- endfor %}
{% endtest %}
