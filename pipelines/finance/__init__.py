"""Finance's tables: what they hold, how they are read and what is wrong with them, said by file, line and column.

    DOVECOTE_HOME/finance/*.csv (a person, a spreadsheet) ──read──▶ rows ──clean──▶ copies that dbt seeds

`tables` declares every table and column; `reading` holds a file against its declaration; `folder` makes the folder on
first use and hands dbt copies that are whole, checked and written alike, whatever the spreadsheet made of them.
"""

from pipelines.finance.folder import ensure

__all__ = ["ensure"]
