{#- Incremental models: what changed since the model was last built is deleted from it and inserted as it is now.

    A record changes when it is loaded or tombstoned, when its slice of the ledger is replaced, or when something changes
    that the model takes a column from: each is a feed, a relation with `_changed_at`. How far each feed was seen stands in
    `incremental_state`, written in the transaction that changes the model: after a kill the next build does it again. A
    model that has not seen all its feeds is built whole, whatever it holds. -#}

{#- Declares the model incremental; what `is_touched` takes: none when everything is built.
    records: the columns that name a record where the model reads it
    keys: {column of the model: the same as an expression of `records`}; by these rows are deleted from the model
    feeds: {'feed': relation, 'records': columns} names records itself;
           {'feed': relation, 'of': columns, 'reaches': relation, 'by': columns, 'records': columns} reaches those that
           name what changed (`of` is `by` when left out);
           {'differs': select} lists records that are not what they should be, whatever the moment;
           {'spreads': select} lists records that look at those of the CTE `moved`, which the other feeds made;
           {'whole': relation, 'columns': columns} is what holds for many records at once, as a chart or a map of tax rates:
           few rows that hardly ever change, and when they did everything is built anew;
           'is_coarse': its moments are seconds of servers, which two loads may share and whose clocks need not agree: what
           is up to two minutes older than what was seen is looked at again
    is_feed: other models follow this one: what it builds anew is a feed of theirs, `touched_of`; it takes no 'whole', for
           then all who follow would be built anew too -#}
{% macro incremental_records(records, keys, feeds, is_feed=false) -%}
    {%- if is_feed and feeds | selectattr('whole', 'defined') | list -%}
        {%- do exceptions.raise_compiler_error(
            "incremental_records: a model that is_feed takes no 'whole' feed, because all models that follow it would be "
            "built anew with it; say with 'differs' or 'reaches' which records change"
        ) -%}
    {%- endif -%}
    {#- PostgreSQL calls a text column of its temporary table another type than that of a contract, and fails. -#}
    {{- config(
        materialized='incremental',
        incremental_strategy='touched',
        unique_key=keys.keys() | list,
        on_schema_change='append_new_columns' if target.type == 'postgres' else 'fail',
        post_hook=['{{ note_seen() }}'] + (["{{ tell_touched(['" ~ records | join("', '") ~ "']) }}"] if is_feed else [])
    ) -}}
    {%- if execute and model.resource_type == 'model' and flags.WHICH in ('run', 'build') -%}
        {%- do run_query(create_seen(feeds)) -%}
        {%- if is_incremental() and run_query(unseen_feeds()).rows | length == 0 -%}
            {%- do run_query(create_touched(records, keys, feeds)) -%}
            {{- return({'records': records, 'table': touched_table()}) -}}
        {%- endif -%}
        {%- do run_query(forget_seen()) -%}
        {%- if is_feed -%}
            {%- do run_query(create_touched_of_nothing(records)) -%}
        {%- endif -%}
    {%- endif -%}
    {{- return(none) -}}
{%- endmacro %}

{#- Whether a row is of a touched record; `columns` name the record in this row, in the order of `records`. -#}
{% macro is_touched(touched, columns) -%}
    {%- if touched is none -%} true
    {%- else -%} ({{ columns | join(', ') }}) in (select {{ touched.records | join(', ') }} from {{ touched.table }})
    {%- endif -%}
{%- endmacro %}

{#- The strategy; `note_seen` runs in the same transaction. What was forgotten is built whole. -#}
{% macro get_incremental_touched_sql(arguments) -%}
    {%- set columns = arguments.dest_columns | map(attribute='quoted') | join(', ') -%}
    {%- set keys = arguments.unique_key | join(', ') -%}
    delete from {{ arguments.target_relation }}
    {%- if run_query(seen_feeds()).rows | length > 0 %}
    where ({{ keys }}) in (select {{ keys }} from {{ touched_table() }})
    {%- endif %};
    insert into {{ arguments.target_relation }} ({{ columns }}) select {{ columns }} from {{ arguments.temp_relation }}
{%- endmacro %}

{% macro touched_table() -%} touched__{{ this.identifier }} {%- endmacro %}

{% macro seen_table() -%} seen__{{ this.identifier }} {%- endmacro %}

{% macro incremental_state() -%} {{ target.schema }}.incremental_state {%- endmacro %}

{#- What an incremental model built anew: the feed of models that follow it. Records are text; `_changed_at` is no moment
    but a turn, one later than any that was told, for SQL of ours reads no clock. -#}
{% macro touched_of(relation) -%}
    {{- return(api.Relation.create(
        database=relation.database, schema=target.schema, identifier='touched_of__' ~ relation.identifier
    )) -}}
{%- endmacro %}

{#- When everything is built. The row of nothing gives those who follow a turn to have seen. -#}
{% macro create_touched_of_nothing(records) -%}
    {%- set nothing -%}
    select
        {%- for column in records %}
        cast(null as varchar) as {{ column }},
        {%- endfor %}
        cast('1970-01-01' as timestamptz) as _changed_at
    {%- endset -%}
    drop table if exists {{ touched_of(this) }};
    create table {{ touched_of(this) }} as {{ nothing }};
    drop table if exists {{ touched_table() }};
    create temporary table {{ touched_table() }} as select * from {{ touched_of(this) }} where false
{%- endmacro %}

{#- After the model, in its transaction. Turns that everybody who follows has seen are forgotten, except the last. -#}
{% macro tell_touched(records) -%}
    {%- if execute and flags.WHICH in ('run', 'build') -%}
    insert into {{ touched_of(this) }}
    select
        {{ records | join(', ') }},
        (select max(_changed_at) + interval '1 second' from {{ touched_of(this) }}) as _changed_at
    from {{ touched_table() }};
    delete from {{ touched_of(this) }}
    where _changed_at < (
        select min(coalesce(seen_at, cast('1970-01-01' as timestamptz))) from {{ incremental_state() }}
        where feed_name = '{{ touched_of(this).identifier }}'
    )
    {%- endif -%}
{%- endmacro %}

{#- Before the first model of a run. A full refresh forgets at once: killed half-way, the next run builds the rest whole,
    and no two threads forget the same rows, which DuckDB refuses. What is no incremental model any more would never see
    another turn of those it followed, and they keep every turn until all have seen it. -#}
{% macro prepare_incremental_state() -%}
    {%- if execute and flags.WHICH in ('run', 'build') -%}
    {%- set nodes = [] if flags.FULL_REFRESH else graph.nodes.values() -%}
    {%- set models = nodes | selectattr('config.materialized', 'equalto', 'incremental') | map(attribute='alias') -%}
    create schema if not exists {{ target.schema }};
    create table if not exists {{ incremental_state() }} (
        model_name varchar, feed_name varchar, seen_at timestamptz, fingerprint varchar
    );
    alter table {{ incremental_state() }} add column if not exists fingerprint varchar;
    delete from {{ incremental_state() }} where model_name not in ('{{ models | join("', '") }}')
    {%- endif -%}
{%- endmacro %}

{#- The newest moment of every feed, and what a whole one is now, before the model is built. -#}
{% macro create_seen(feeds) -%}
    drop table if exists {{ seen_table() }};
    create temporary table {{ seen_table() }} as
    {%- for relation in feeds | map(attribute='feed') | select('defined') | unique %}
    {{ 'union all' if not loop.first }}
    select
        cast('{{ this.identifier }}' as varchar) as model_name,
        cast('{{ relation.identifier }}' as varchar) as feed_name,
        max(_changed_at) as seen_at,
        cast(null as varchar) as fingerprint
    from {{ relation }}
    {%- endfor %}
    {%- for feed in feeds if feed.whole is defined %}
    {%- set row -%}
        coalesce(cast({{ feed.columns | join(" as varchar), 'null') || '|' || coalesce(cast(") }} as varchar), 'null')
    {%- endset %}
    union all
    select
        cast('{{ this.identifier }}' as varchar),
        cast('{{ feed.whole.identifier }}' as varchar),
        cast(null as timestamp with time zone),
        coalesce(md5(string_agg({{ row }}, ',' order by {{ row }})), 'empty')
    from {{ feed.whole }}
    {%- endfor %}
{%- endmacro %}

{#- Feeds the model never saw, and whole ones that are not what they were when it did. -#}
{% macro unseen_feeds() -%}
    select feed_name, fingerprint from {{ seen_table() }} except {{ seen_feeds() }}
{%- endmacro %}

{% macro seen_feeds() -%}
    select feed_name, fingerprint from {{ incremental_state() }} where model_name = '{{ this.identifier }}'
{%- endmacro %}

{#- Before everything is built, and first of all: from then on those who follow are built whole too, whenever that is. -#}
{% macro forget_seen() -%}
    delete from {{ incremental_state() }}
    where
        model_name = '{{ this.identifier }}'
        or model_name in (
            select model_name from {{ incremental_state() }} where feed_name = '{{ touched_of(this).identifier }}'
        )
{%- endmacro %}

{#- Records whose feed moved since it was last seen. No two loads share a moment, and none is under way while dbt runs. -#}
{% macro create_touched(records, keys, feeds) -%}
    drop table if exists {{ touched_table() }};
    create temporary table {{ touched_table() }} as
    with moved ({{ records | join(', ') }}) as (
        {%- for feed in feeds if feed.whole is not defined and feed.spreads is not defined %}
        {{ 'union' if not loop.first }}
        {%- if feed.differs is defined %}
        {{ feed.differs }}
        {%- elif feed.reaches is defined %}
        select {{ feed.records | join(', ') }} from {{ feed.reaches }}
        where ({{ feed.by | join(', ') }}) in (
            select {{ (feed.of or feed.by) | join(', ') }} from {{ feed.feed }} where {{ moved_since_seen(feed) }}
        )
        {%- else %}
        select {{ feed.records | join(', ') }} from {{ feed.feed }} where {{ moved_since_seen(feed) }}
        {%- endif %}
        {%- endfor %}
    ),
    touched ({{ records | join(', ') }}) as (
        select * from moved
        {%- for feed in feeds if feed.spreads is defined %}
        union
        {{ feed.spreads }}
        {%- endfor %}
    )
    select
        {{ records | join(', ') }}
        {%- for key, expression in keys.items() if key not in records %},
        {{ expression }} as {{ key }}
        {%- endfor %}
    from touched
{%- endmacro %}

{% macro moved_since_seen(feed) -%}
    _changed_at {{ '>=' if feed.is_coarse else '>' }} coalesce((
        select max(seen_at) from {{ incremental_state() }}
        where model_name = '{{ this.identifier }}' and feed_name = '{{ feed.feed.identifier }}'
    ), cast('1900-01-01' as timestamp)){{ " - interval '2 minutes'" if feed.is_coarse }}
{%- endmacro %}

{#- After the model, in its transaction. -#}
{% macro note_seen() -%}
    {%- if execute and flags.WHICH in ('run', 'build') -%}
    delete from {{ incremental_state() }} where model_name = '{{ this.identifier }}';
    insert into {{ incremental_state() }} (model_name, feed_name, seen_at, fingerprint)
    select model_name, feed_name, seen_at, fingerprint from {{ seen_table() }}
    {%- endif -%}
{%- endmacro %}

{#- Slices with a line of a document that the model marks otherwise as a year's closing journal than it is now. -#}
{% macro slices_of_other_closings(lines, closing_journals) -%}
    select administration_id, ledger_account_id, month_date from {{ lines }}
    where document_type = 'Document' and (administration_id, document_id) in (
        select coalesce(marked.administration_id, closing_journals.administration_id),
            coalesce(marked.document_id, closing_journals.document_id)
        from (
            select distinct administration_id, document_id, closing_evidence from {{ this }}
            where closing_evidence is not null
        ) as marked
        full outer join {{ closing_journals }} as closing_journals
            on
                marked.administration_id = closing_journals.administration_id
                and marked.document_id = closing_journals.document_id
        where marked.closing_evidence is distinct from closing_journals.evidence
    )
{%- endmacro %}
