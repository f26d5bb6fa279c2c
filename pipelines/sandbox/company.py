"""A deterministic group of Dutch companies: same seed, scale, years and date, same books.

The group is a holding, a software agency with hours, projects and subscriptions, a consultancy with EU clients and a
dollar invoice, a webshop with many small orders, a property company that has hardly begun, and an exporter that counts
in dollars. Further administrations repeat agency, consultancy and webshop in other towns. Nothing in it is real: see
`group.numbers`.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from pipelines.errors import ConfigurationError
from pipelines.sandbox import chart
from pipelines.sandbox.clock import LAST_YEAR, Clock, moment
from pipelines.sandbox.dialect import Dialect
from pipelines.sandbox.group import (
    assets,
    businesses,
    costs,
    intercompany,
    names,
    papers,
    people,
    rare,
    shop,
    situations,
    subscriptions,
)
from pipelines.sandbox.group.family import Family
from pipelines.sandbox.group.hours import Assignment
from pipelines.sandbox.group.journals import quarter_ends
from pipelines.sandbox.group.purchases import Buy
from pipelines.sandbox.group.sales import Sale
from pipelines.sandbox.group.setup import EXPORTED, open_administration
from pipelines.sandbox.group.site import Site
from pipelines.sandbox.ledger import month_of
from pipelines.sandbox.world import Token, World

SEED = 20261120
BUSINESS_DATE = date(2026, 11, 20)
YEARS = 2  # whole years before the one of the business date
ADMINISTRATIONS = 6
FIRST_YEAR = 2012  # ids count from August 2011: what is older would have a negative one
SAVINGS = 4_250_000  # cents in the bank on the day the books begin, about


@dataclass(frozen=True)
class Business:
    """A kind of company: the accounts it adds, its wages a month in cents, what it sells and what it buys."""

    kind: str
    roles: frozenset[str]
    staff: int = 0
    wages: int = 0
    sells: Callable[[Site], list[Sale]] | None = None
    buys: tuple[Callable[[Site], list[Buy]], ...] = ()
    planted_on: tuple[str, int, str | None] = (chart.SERVICES, 21, None)  # role, rate and box of what goes wrong
    currency: str = "EUR"


_TRADER = frozenset({chart.MANAGEMENT_FEE, chart.IC_PAYABLE, chart.IC_INTEREST_COST, chart.HOSTING, chart.PRIVATE})
_STAFFED = _TRADER | {chart.WAGES, chart.NET_WAGES, chart.WAGE_TAX, chart.FIXTURES, chart.FIXTURES_WRITTEN_DOWN,
                      chart.DEPRECIATION}  # fmt: skip
_EVERYONE = (costs.odds, costs.in_process, costs.machines)

HOLDING = Business(
    "Holding",
    frozenset({chart.FEES, chart.WAGES, chart.NET_WAGES, chart.WAGE_TAX, chart.IC_RECEIVABLE, chart.IC_INTEREST_INCOME,
               chart.PRIVATE}),
    wages=720_000, buys=(costs.odds,),
)  # fmt: skip
STUDIO = Business(
    "Studio", _STAFFED | {chart.SERVICES, chart.SUBSCRIPTIONS}, staff=5, wages=1_950_000, sells=businesses.studio,
    buys=(
        *_EVERYONE, lambda site: costs.rent(site, 165_000), lambda site: costs.hosting(site, 61_500),
        lambda site: costs.travel(site, 2), costs.shifted, lambda site: costs.abroad(site, "USD", Decimal("0.91")),
    ),
)  # fmt: skip
ADVIES = Business(
    "Advies", _STAFFED | {chart.SERVICES, chart.EU_SERVICES, chart.NON_EU_SERVICES}, wages=2_050_000,
    sells=businesses.advies,
    buys=(
        *_EVERYONE, lambda site: costs.rent(site, 120_000), lambda site: costs.hosting(site, 18_000, 3),
        lambda site: costs.travel(site, 2), costs.self_billed,
        lambda site: costs.abroad(site, "USD", Decimal("0.91")),
    ),
)  # fmt: skip
WEBWINKEL = Business(
    "Webwinkel",
    _STAFFED | {chart.GOODS, chart.BOOKS_REDUCED, chart.SHIPPING, chart.PURCHASES, chart.EU_GOODS, chart.EXPORTS,
                chart.PSP, chart.PSP_FEES, chart.CASH, chart.SERVICES},
    wages=210_000, sells=businesses.webwinkel,
    buys=(
        *_EVERYONE, lambda site: costs.rent(site, 65_000, 3), lambda site: costs.goods(site, 240_000),
        lambda site: costs.travel(site, 6, "cash"), costs.self_billed, costs.shifted,
    ),
    planted_on=(chart.GOODS, 21, None),
)  # fmt: skip
VASTGOED = Business("Vastgoed", frozenset())
EXPORT = Business(
    "Export", _TRADER | {chart.EXPORTS, chart.EU_TRADE, chart.PURCHASES, chart.SERVICES}, sells=businesses.export,
    buys=(costs.in_process, costs.odds, costs.dollars, costs.shifted, lambda site: costs.rent(site, 45_000, 3)),
    planted_on=(chart.EXPORTS, 0, EXPORTED), currency="USD",
)  # fmt: skip
_ORDER = (HOLDING, STUDIO, ADVIES, WEBWINKEL, VASTGOED, EXPORT)
_REPEATED = (STUDIO, ADVIES, WEBWINKEL)


def build_group(
    seed: int = SEED,
    *,
    scale: int = 1,
    years: int = YEARS,
    administrations: int = ADMINISTRATIONS,
    dialect: Dialect | None = None,
    business_date: date = BUSINESS_DATE,
    source: Callable[[], float] = time.time,
) -> World:
    """A world at nine in the morning of `business_date`. `source` gives real time in Unix seconds.

    Raises ConfigurationError for numbers that make no group.
    """
    if scale < 1 or not 1 <= years <= 20 or administrations < 1:
        raise ConfigurationError("A group needs scale ≥ 1, 1 to 20 years and at least one administration.")
    if business_date.year - years < FIRST_YEAR or business_date.year > LAST_YEAR:
        raise ConfigurationError(
            f"Books from {business_date.year - years} to {business_date.year} cannot be made; the sandbox knows the "
            f"years {FIRST_YEAR} to {LAST_YEAR}: name another business date or fewer years."
        )
    world = World(Clock.starting_at(business_date, source), dialect or Dialect(), seed, business_date)
    since = date(business_date.year - years, 1, 1)
    kinds = _kinds(administrations)
    family = Family.of(seed, [name for name, _ in kinds])
    ids = [world.identifiers.next(moment(since, 9)) for _ in kinds]  # first, so that they do not move with the scale
    for id_, (name, business) in zip(ids, kinds, strict=True):
        _Founder(world, family, kinds, since, scale).found(id_, name, business)
    _hand_out_tokens(world)
    return world


def _kinds(count: int) -> list[tuple[str, Business]]:
    """Names and kinds; those after the first six repeat the trading companies in other towns."""
    found = [(f"Duivenhof {business.kind} B.V.", business) for business in _ORDER[:count]]
    for extra in range(count - len(found)):
        business = _REPEATED[extra % len(_REPEATED)]
        round_, town = divmod(extra // len(_REPEATED), len(names.TOWNS))
        suffix = f" {round_ + 1}" if round_ else ""
        found.append((f"Duivenhof {business.kind} {names.TOWNS[town][0]}{suffix} B.V.", business))
    return found


@dataclass(frozen=True)
class _Founder:
    """Makes one company of the group after the other."""

    world: World
    family: Family
    kinds: list[tuple[str, Business]]
    since: date
    scale: int

    def found(self, id_: int, name: str, business: Business) -> None:
        """One company from its opening balance to today."""
        today = self.world.business_date
        opening_day = self.since - timedelta(days=1)
        empty = business is VASTGOED
        administration = open_administration(
            self.world, id_, self.family.members[name], today.replace(day=1) if empty else opening_day, business.roles,
            business.staff, business.currency,
        )  # fmt: skip
        if empty:
            return
        administration.payments_enabled = True
        site = Site(administration, self.family, Random(f"{self.world.seed}/{name}"), self.since, today, self.scale)
        if business is HOLDING:
            self._hold(site, opening_day)
        else:
            self._trade(site, business, opening_day)
        site.buyer.live([buy for buys in business.buys for buy in buys(site)])
        self._finish(site, business)

    def _hold(self, site: Site, opening_day: date) -> None:
        sisters = [name for name, business in self.kinds if business not in (HOLDING, VASTGOED)]
        site.keeper.opening(opening_day, 0, 5 * SAVINGS)
        intercompany.invoice_fees(site, sisters)
        intercompany.lend(site, sisters)
        site.administration.locked_until = date(self.since.year, 12, 31)

    def _trade(self, site: Site, business: Business, opening_day: date) -> None:
        """What it sells, with everything that goes wrong, and what it owes the holding."""
        receivable = situations.opening_receivable(site)
        site.keeper.opening(opening_day, receivable, SAVINGS)
        assert business.sells is not None
        subscriptions.products(site, business.kind)
        sales = business.sells(site)
        role, percentage, box = business.planted_on
        rate = site.administration.sales_rate(percentage, box)
        sales += situations.planted_sales(site, role, rate)
        if business is ADVIES:
            sales += situations.dollars(site)
        site.live(sales)
        if business is WEBWINKEL:
            shop.Shop(site).live(shop.orders(site))
        if business is STUDIO:
            subscriptions.charges(site)
            situations.draft_with_hours(site)
            _leave_timers_running(site)
        situations.unsent(site, role, rate)
        situations.reminders(site)
        situations.exceptions_on_control_account(site, receivable)
        people.tend(site)
        holding = self.kinds[0][0]
        site.buyer.live(intercompany.fee_costs(site, holding))
        intercompany.borrow(site, holding)

    def _finish(self, site: Site, business: Business) -> None:
        """Salaries of every month, then VAT returns and year ends, which look at everything before them."""
        if business in _REPEATED:
            assets.capitalise(site)
            rare.book(site)
        for start in site.months():
            site.keeper.month(month_of(start), business.wages * self.scale)
        for quarter_end in quarter_ends(site.since, site.today):
            site.keeper.vat_return(quarter_end)
        for year in range(site.since.year, site.today.year):
            site.keeper.close_year(year)
        papers.file(site)
        if business in _REPEATED:
            rare.fill(site)
        site.bank.close()


def _leave_timers_running(site: Site) -> None:
    """Three timers that started this morning."""
    project = next(iter(site.administration.projects.values()))
    contact = site.customers.buyers[0]
    now = site.administration.clock.milliseconds() // 60_000 * 60_000
    for minutes in (55, 35, 20):
        site.hours.write(Assignment(project, contact, 0), now - minutes * 60_000, None, True)


def _hand_out_tokens(world: World) -> None:
    """`holding` reaches every administration but the webshop's, which has a token of its own when there is one."""
    ids = list(world.administrations)
    shops = [id_ for id_ in ids if WEBWINKEL.kind in world.administrations[id_].name][:1]
    world.add_token(Token("holding", _secret(world.seed, "holding"), tuple(id_ for id_ in ids if id_ not in shops)))
    if shops:
        world.add_token(Token("webshop", _secret(world.seed, "webshop"), tuple(shops)))


def _secret(seed: int, name: str) -> str:
    """A token that is the same for one seed and good for nothing but the sandbox."""
    return f"sandbox-{name}-{hashlib.sha256(f'{seed}/{name}'.encode()).hexdigest()[:24]}"
