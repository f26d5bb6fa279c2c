"""Pages → typed Arrow tables, DuckDB doing the parsing in memory, so that nothing unmasked reaches a disk.

    answer ──read_page──▶ Page (text, ids, unknown keys) ──Parser.parse──▶ Parsed (parents, children, stamps, drift)

A page that looks as declared is looked at once without becoming Python objects; only a page with something new or wrong
in it is taken apart record by record: is it a record, was it asked for, which keys do we not know, which value is a
list where text is declared? `Parser` reads all leaves as text and casts column by column, because DuckDB's JSON casts
turn a wrong type into NULL and round 10.005 to cents without a word.

A value that does not fit holds its record back, named by resource, id, path and value; the others go on. When it fits
in hardly any record, the API changed: nothing of that administration's resource is loaded and the change is named.
Keys that are declared nowhere are kept in `_unmapped` and reported as drift; keys ignored on purpose (capability URLs
above all) are never read out of the text.
"""

from pipelines.moneybird.records.drift import UNKNOWN_ID, Drift, HeldBack, SchemaChange
from pipelines.moneybird.records.new_keys import NewKeys
from pipelines.moneybird.records.page import Page, read_page
from pipelines.moneybird.records.parser import LineMisfit, Parsed, Parser, TableSlice
from pipelines.moneybird.records.shape import Shape, shape_of

__all__ = [
    "UNKNOWN_ID", "Drift", "HeldBack", "LineMisfit", "NewKeys", "Page", "Parsed", "Parser", "SchemaChange", "Shape",
    "TableSlice", "read_page", "shape_of",
]  # fmt: skip
