"""The warehouse: one DuckDB file, one writer, opened only here. Takes table shapes as arguments, knows no endpoint."""
