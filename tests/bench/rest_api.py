"""The baseline: dlt's stock `rest_api` source on the same endpoint, configured as its documentation shows.

Bearer token, `Link` header pages of 100, merge on the id, nested lists left to dlt. It asks the plain list, for it
knows no version feed. What it loads more than we do (the embedded contact, events) is what it loads by default.
"""

from __future__ import annotations

from typing import Any

PERIOD = "state:all,period:20200101..20271231"


def configuration(api_url: str, administration_id: str, token: str) -> dict[str, Any]:
    """What a user hands to `rest_api_source`."""
    return {
        "client": {
            "base_url": f"{api_url}/{administration_id}/",
            "auth": {"type": "bearer", "token": token},
            "paginator": "header_link",
        },
        "resource_defaults": {"primary_key": "id", "write_disposition": "merge"},
        "resources": [
            {
                "name": "sales_invoices",
                "endpoint": {"path": "sales_invoices.json", "params": {"filter": PERIOD, "per_page": 100, "page": 1}},
            }
        ],
    }


def load(api_url: str, administration_id: str, token: str, home: str, file_format: str | None) -> None:
    """Runs it into `home`/warehouse.duckdb, schema raw. Without a `file_format` dlt writes its default, inserts."""
    import dlt
    from dlt.sources.rest_api import rest_api_source

    source = rest_api_source(configuration(api_url, administration_id, token))  # type: ignore[arg-type]
    pipeline = dlt.pipeline(
        "baseline",
        pipelines_dir=f"{home}/dlt",
        destination=dlt.destinations.duckdb(f"{home}/warehouse.duckdb"),
        dataset_name="raw",
    )
    if file_format is None:
        pipeline.run(source)
    else:
        pipeline.run(source, loader_file_format=file_format)  # type: ignore[arg-type]
