"""What is known of one line of a sale, as the words a rule is held against."""

from __future__ import annotations

from dataclasses import dataclass, fields

from pipelines.writeback.vat.dimensions import DIMENSIONS, UNKNOWN


@dataclass(frozen=True)
class Inputs:
    """One word per dimension, from `DIMENSIONS`; `unknown` where nobody can tell."""

    seller_scheme: str = UNKNOWN
    customer_zone: str = UNKNOWN
    customer_type: str = UNKNOWN
    vat_number_status: str = UNKNOWN
    supply_kind: str = UNKNOWN
    vat_class: str = UNKNOWN
    movement: str = UNKNOWN
    service_place: str = UNKNOWN
    consumer_sales: str = UNKNOWN

    def __post_init__(self) -> None:
        for name, word in self.words().items():
            if word not in DIMENSIONS[name]:
                raise ValueError(f"{name} is one of {', '.join(DIMENSIONS[name])}, not {word!r}")

    def words(self) -> dict[str, str]:
        """Dimension → word."""
        return {field.name: getattr(self, field.name) for field in fields(self)}
