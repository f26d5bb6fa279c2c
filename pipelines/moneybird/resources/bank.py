"""Bank accounts, what moved on them, what is to be paid; and assets, whose value moves without a document."""

from __future__ import annotations

from pipelines.moneybird.resources import contacts
from pipelines.moneybird.resources.row import (
    DATE,
    FLAG,
    MOMENT,
    MONEY,
    PRECISE,
    TEXT,
    VERSION,
    Cadence,
    Child,
    Column,
    Feed,
    Posting,
    Resource,
    columns,
)
from pipelines.moneybird.resources.shared import IN_PARENT_KEY, PARENT_ID, PAYMENT

_OF_MUTATION = PARENT_ID | {"financial_mutation_id": IN_PARENT_KEY}
_OF_ASSET = {"asset_id": IN_PARENT_KEY}

ROWS: tuple[Resource, ...] = (
    Resource(
        name="financial_accounts",
        path="financial_accounts",
        feed=Feed.LIST,
        cadence=Cadence.DAILY,
        scopes=(("settings",),),
        columns=columns(
            id=TEXT, type=TEXT, name=TEXT, identifier=TEXT, currency=TEXT, provider=TEXT, moneybird_account=FLAG,
            active=FLAG, created_at=MOMENT, updated_at=MOMENT,
        ),
        ignored=PARENT_ID,
        why="No feed and no pages. A closed account leaves the list and cannot be asked for, so a tombstone here means "
        "closed or deleted, and its last values stay. No balance is given.",
        docs="https://developer.moneybird.com/api/financial-accounts",
    ),
    Resource(
        name="financial_mutations",
        path="financial_mutations",
        feed=Feed.VERSIONS,
        scopes=(("bank",),),
        windowed=True,
        filters={"state": "all"},
        columns=(
            *columns(
                id=TEXT, version=VERSION, financial_account_id=TEXT, financial_statement_id=TEXT, date=DATE,
                state=TEXT, settlement_state=TEXT, currency=TEXT, amount=MONEY, amount_open=MONEY,
                original_amount=MONEY, code=TEXT, message=TEXT, contra_account_name=TEXT, contra_account_number=TEXT,
                batch_reference=TEXT, account_servicer_transaction_id=TEXT,
            ),
            # Unverified: the contract says "object". remi, eref, iban and name were seen by other clients; the rest
            # are the tags of Dutch bank statements.
            *(
                Column(f"sepa_{key}", TEXT, ("sepa_fields", key))
                for key in ("remi", "eref", "name", "iban", "bic", "trtp", "marf", "csid")
            ),
            *columns(processed_at=MOMENT, created_at=MOMENT, updated_at=MOMENT),
        ),
        children=(
            Child(
                "payments",
                tuple(column for column in PAYMENT if column.name != "financial_mutation_id"),
                ignored=_OF_MUTATION,
            ),
            Child(
                "ledger_account_bookings",
                columns(
                    id=TEXT, ledger_account_id=TEXT, project_id=TEXT, description=TEXT, price=MONEY,
                    created_at=MOMENT, updated_at=MOMENT,
                ),
                ignored=_OF_MUTATION,
            ),
        ),
        parent_key="financial_mutation_id",
        history=True,
        posting=Posting("date", "ledger_account_bookings", "payments"),
        ignored=PARENT_ID,
        why="Has a version feed with this year as its default; the list refuses more than a hundred and refers to it. "
        "Every mutation posts, whatever its state.",
        docs="https://developer.moneybird.com/api/financial-mutations",
    ),
    Resource(
        name="purchase_transactions",
        path="purchase_transactions",
        feed=Feed.LIST,
        cadence=Cadence.DAILY,
        scopes=(("bank",),),
        paged=True,
        filters={"state": "all"},  # any filter also lifts the default unbatched:true
        columns=(
            *columns(id=TEXT, financial_account_id=TEXT, payment_instrument_id=TEXT),
            Column("contact_id", TEXT, ("contact", "id")),
            *columns(
                payable_type=TEXT, payable_id=TEXT, state=TEXT, payment_method=TEXT, date=DATE, amount=MONEY,
                description=TEXT, end_to_end_id=TEXT, sepa_iban=TEXT, sepa_iban_account_name=TEXT, sepa_bic=TEXT,
                source_sepa_iban=TEXT, source_sepa_iban_account_name=TEXT, created_at=MOMENT, updated_at=MOMENT,
            ),
        ),
        ignored=PARENT_ID | contacts.embedded("id"),
        why="No feed. The default hides every payment that went to the bank in a batch.",
        docs="https://developer.moneybird.com/api/purchase-transactions",
    ),
    Resource(
        name="assets",
        path="assets",
        feed=Feed.LIST,
        cadence=Cadence.DAILY,
        scopes=(("documents",),),
        paged=True,
        query={"active": "false"},  # unverified: that it shows disposed assets beside the active ones, as for products
        columns=(
            *columns(
                id=TEXT, ledger_account_id=TEXT, name=TEXT, purchase_date=DATE, purchase_value=MONEY,
                calculated_purchase_value=MONEY, current_value=MONEY,
            ),
            Column("plan_lifespan_in_years", PRECISE, ("value_change_plan", "lifespan_in_years")),
            Column("plan_residual_value", MONEY, ("value_change_plan", "residual_value")),
            Column("plan_active", FLAG, ("value_change_plan", "active")),
            Column("plan_monthly_depreciation", MONEY, ("value_change_plan", "monthly_depreciation")),
            Column("reinvestment_reserve_id", TEXT, ("reinvestment_reserve_purchase", "id")),
            Column("reinvestment_reserve_date", DATE, ("reinvestment_reserve_purchase", "date")),
            Column("reinvestment_reserve_amount", MONEY, ("reinvestment_reserve_purchase", "amount")),
        ),
        children=(
            Child(
                "sources",
                columns(id=TEXT, detail_id=TEXT, general_journal_document_entry_id=TEXT),
                ignored=_OF_ASSET,
            ),
            Child(
                "value_changes",
                columns(type=TEXT, date=DATE, amount=MONEY, description=TEXT, externally_booked=FLAG),
                ignored=_OF_ASSET,
            ),
            Child(
                "disposal",
                (
                    *columns(date=DATE, reason=TEXT, externally_booked=FLAG),
                    Column("reinvestment_reserve_id", TEXT, ("reinvestment_reserve_sale", "id")),
                    Column("reinvestment_reserve_date", DATE, ("reinvestment_reserve_sale", "date")),
                    Column("reinvestment_reserve_amount", MONEY, ("reinvestment_reserve_sale", "amount")),
                ),
                ignored=_OF_ASSET | {"reinvestment_reserve_sale.disposal_id": "a disposal is named by its asset"},
                single=True,
            ),
        ),
        parent_key="asset_id",
        ignored={"reinvestment_reserve_purchase.asset_id": "repeats the id of the asset"},
        why="No feed and no timestamps; depreciation moves values every month end without anybody touching the asset.",
        docs="https://developer.moneybird.com/api/assets",
    ),
)  # fmt: skip
