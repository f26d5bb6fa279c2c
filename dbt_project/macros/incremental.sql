{#- Incremental models: what changed since the model was last built is deleted from it and inserted as it is now.

    A record changes when it is loaded or tombstoned, when a slice of the ledger is replaced, or when something it takes a
    column from changes: each is a feed, a relation with the moment of change. What was seen of each feed stands in
    `incremental_state`, written in the transaction that changes the model: a killed dbt leaves the state before, and the
    next build does the same again. -#}

{#- Declares the model incremental; the name that `is_touched` takes, none when everything is built.
    records: columns that name a record (or slice) in the relations the model reads
    keys: {column of the model: the same as an expression of `records`}; what is deleted from the model
    feeds: [{'feed': relation, 'moment': column, 'reaches': relation, 'by': columns}]; without `reaches` the feed names
           the records itself, with it the records of that relation which share `by` with what changed in the feed -#}
{% macro incremental_records(records, keys, feeds) -%}
    {{ config(
        materialized='incremental',
        incremental_strategy='touched',
        unique_key=keys.keys() | list,
        on_schema_change='fail',
        post_hook='{{ note_seen() }}'
    ) }}
    {%- if execute and model.resource_type == 'model' and flags.WHICH in ('run', 'build') -%}
        {%- do run_query(create_seen(feeds)) -%}
        {%- if is_incremental() -%}
            {%- do run_query(create_touched(records, keys, feeds)) -%}
            {{- return({'table': touched_table(), 'records': records}) -}}
        {%- endif -%}
    {%- endif -%}
    {{- return(none) -}}
{%- endmacro %}

{#- Whether a row is of a touched record; `columns` are its columns in the order of the model's `records`. -#}
{% macro is_touched(touched, columns) -%}
    {%- if touched is none -%} true
    {%- else -%} ({{ columns | join(', ') }}) in (select {{ touched.records | join(', ') }} from {{ touched.table }})
    {%- endif -%}
{%- endmacro %}

{#- The strategy: dbt runs it in one transaction with `note_seen`. -#}
{% macro get_incremental_touched_sql(arguments) -%}
    {%- set columns = arguments.dest_columns | map(attribute='quoted') | join(', ') -%}
    {%- set keys = arguments.unique_key | join(', ') -%}
    delete from {{ arguments.target_relation }} where ({{ keys }}) in (select {{ keys }} from {{ touched_table() }});
    insert into {{ arguments.target_relation }} ({{ columns }}) select {{ columns }} from {{ arguments.temp_relation }}
{%- endmacro %}

{% macro touched_table() -%} touched__{{ this.identifier }} {%- endmacro %}

{% macro seen_table() -%} seen__{{ this.identifier }} {%- endmacro %}

{% macro incremental_state() -%} {{ target.schema }}.incremental_state {%- endmacro %}

{#- Before the first model: PostgreSQL has no `create table if not exists` that two connections may do at once. -#}
{% macro prepare_incremental_state() -%}
    {%- if execute and flags.WHICH in ('run', 'build') -%}
    create table if not exists {{ incremental_state() }} (model_name varchar, feed_name varchar, seen_at timestamptz)
    {%- endif -%}
{%- endmacro %}

{#- The newest moment of every feed, before anything is read. -#}
{% macro create_seen(feeds) -%}
    drop table if exists {{ seen_table() }};
    create temporary table {{ seen_table() }} as
    {% for feed in feeds -%}
    select
        cast('{{ this.identifier }}' as varchar) as model_name,
        cast('{{ feed.feed.identifier }}' as varchar) as feed_name,
        max({{ feed.moment or '_changed_at' }}) as seen_at
    from {{ feed.feed }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
{%- endmacro %}

{#- From the last moment seen on, that moment included: what is loaded together shares one. -#}
{% macro create_touched(records, keys, feeds) -%}
    drop table if exists {{ touched_table() }};
    create temporary table {{ touched_table() }} as
    with touched as (
        {% for feed in feeds -%}
        {%- set is_new -%}
            {{ feed.moment or '_changed_at' }} >= coalesce((
                select max(seen_at) from {{ incremental_state() }}
                where model_name = '{{ this.identifier }}' and feed_name = '{{ feed.feed.identifier }}'
            ), cast('1900-01-01' as timestamp))
        {%- endset -%}
        {%- if feed.reaches %}
        select {{ records | join(', ') }} from {{ feed.reaches }}
        where ({{ feed.by | join(', ') }}) in (select {{ feed.by | join(', ') }} from {{ feed.feed }} where {{ is_new }})
        {%- else %}
        select {{ records | join(', ') }} from {{ feed.feed }} where {{ is_new }}
        {%- endif %}
        {{ 'union' if not loop.last }}
        {% endfor %}
    )
    select distinct
        {{ records | join(', ') }}
        {%- for key, expression in keys.items() if key not in records %},
        {{ expression }} as {{ key }}
        {%- endfor %}
    from touched
{%- endmacro %}

{#- After the model, in its transaction. -#}
{% macro note_seen() -%}
    {%- if execute and flags.WHICH in ('run', 'build') -%}
    delete from {{ incremental_state() }} where model_name = '{{ this.identifier }}';
    insert into {{ incremental_state() }} select model_name, feed_name, seen_at from {{ seen_table() }}
    {%- endif -%}
{%- endmacro %}
