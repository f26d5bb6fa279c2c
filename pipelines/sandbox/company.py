"""A deterministic group of Dutch companies: same seed, scale, years and date, same books.

The group is a holding, a software agency with hours and projects, a consultancy with EU clients and a dollar invoice, a
webshop with many small orders, and a property company that has hardly begun. Further administrations repeat the three
trading ones in other towns. Nothing in it is real: see `group.numbers`.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from pipelines.errors import ConfigurationError
from pipelines.sandbox import chart
from pipelines.sandbox.clock import Clock, moment
from pipelines.sandbox.dialect import Dialect
from pipelines.sandbox.group import businesses, names, situations
from pipelines.sandbox.group.hours import Assignment
from pipelines.sandbox.group.journals import quarter_ends
from pipelines.sandbox.group.sales import Sale
from pipelines.sandbox.group.setup import open_administration
from pipelines.sandbox.group.site import Site
from pipelines.sandbox.ledger import month_of
from pipelines.sandbox.world import Token, World

SEED = 20261120
BUSINESS_DATE = date(2026, 11, 20)
YEARS = 2  # whole years before the one of the business date
ADMINISTRATIONS = 5


@dataclass(frozen=True)
class Business:
    """A kind of company: the accounts it adds, what it spends a month in cents, and what it sells."""

    kind: str
    roles: frozenset[str]
    staff: int = 0
    rent: int = 0
    wages: int = 0
    purchases: tuple[str, int] | None = None
    sells: Callable[[Site], list[Sale]] | None = None
    planted_on: str = chart.SERVICES


_STAFFED = frozenset({chart.WAGES, chart.NET_WAGES, chart.WAGE_TAX, chart.FIXTURES, chart.FIXTURES_WRITTEN_DOWN,
                      chart.DEPRECIATION, chart.MANAGEMENT_FEE})  # fmt: skip

HOLDING = Business("Holding", frozenset({chart.FEES, chart.WAGES, chart.NET_WAGES, chart.WAGE_TAX}), wages=780_000)
STUDIO = Business(
    "Studio", _STAFFED | {chart.SERVICES, chart.SUBSCRIPTIONS}, staff=5, rent=165_000, wages=780_000,
    purchases=(chart.GENERAL, 61_500), sells=businesses.studio,
)  # fmt: skip
ADVIES = Business(
    "Advies", _STAFFED | {chart.SERVICES, chart.EU_SERVICES, chart.NON_EU_SERVICES}, rent=120_000, wages=620_000,
    sells=businesses.advies,
)  # fmt: skip
WEBWINKEL = Business(
    "Webwinkel", _STAFFED | {chart.GOODS, chart.BOOKS_REDUCED, chart.SHIPPING, chart.PURCHASES}, rent=35_000,
    wages=58_000, purchases=(chart.PURCHASES, 96_300), sells=businesses.webwinkel, planted_on=chart.GOODS,
)  # fmt: skip
VASTGOED = Business("Vastgoed", frozenset())
_ORDER = (HOLDING, STUDIO, ADVIES, WEBWINKEL, VASTGOED)
_TRADING = (STUDIO, ADVIES, WEBWINKEL)


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
    world = World(Clock.starting_at(business_date, source), dialect or Dialect(), seed, business_date)
    since = date(business_date.year - years, 1, 1)
    kinds = _kinds(administrations)
    sisters = [name for name, business in kinds if business in _TRADING]
    ids = [world.identifiers.next(moment(since, 9)) for _ in kinds]  # first, so that they do not move with the scale
    for id_, (name, business) in zip(ids, kinds, strict=True):
        _found(world, id_, name, business, since, business_date, scale, sisters)
    _hand_out_tokens(world)
    return world


def _kinds(count: int) -> list[tuple[str, Business]]:
    """Names and kinds; the sixth and later repeat the trading companies in other towns."""
    found = [(f"Duivenhof {business.kind} B.V.", business) for business in _ORDER[:count]]
    for extra in range(count - len(found)):
        business = _TRADING[extra % len(_TRADING)]
        round_, town = divmod(extra // len(_TRADING), len(names.TOWNS))
        suffix = f" {round_ + 1}" if round_ else ""
        found.append((f"Duivenhof {business.kind} {names.TOWNS[town][0]}{suffix} B.V.", business))
    return found


def _found(
    world: World, id_: int, name: str, business: Business, since: date, today: date, scale: int, sisters: list[str]
) -> None:
    """One company from its opening balance to today."""
    opening_day = since - timedelta(days=1)
    empty = business is VASTGOED
    started = today.replace(day=1) if empty else opening_day
    administration = open_administration(world, id_, name, started, business.roles, business.staff)
    if empty:
        return
    site = Site(administration, Random(f"{world.seed}/{name}"), since, today, scale)
    receivable = situations.opening_receivable(site) if business in _TRADING else 0
    site.keeper.opening(opening_day, receivable)
    sales = business.sells(site) if business.sells else businesses.holding(site, sisters)
    if business in _TRADING:
        businesses.fee_costs(site, name)
        sales += situations.planted_sales(site, business.planted_on)
        if business is ADVIES:
            sales += situations.dollars(site)
    site.live(sales)
    if business in _TRADING:
        situations.unsent(site, business.planted_on)
        situations.people(site)
        situations.reminders(site)
        situations.exceptions_on_control_account(site, receivable)
    if business is STUDIO:
        situations.draft_with_hours(site)
        _leave_timers_running(site)
    _keep_books(site, business)


def _keep_books(site: Site, business: Business) -> None:
    """Costs of every month, then VAT returns and year ends, which look at everything before them."""
    for start in site.months():
        site.keeper.monthly_costs(month_of(start), business.rent, business.wages * site.scale)
        if business.purchases:
            role, amount = business.purchases
            site.keeper.purchase(start + timedelta(days=11), amount * site.scale, role, f"Inkoop {start:%Y-%m}")
    for quarter_end in quarter_ends(site.since, site.today):
        site.keeper.vat_return(quarter_end)
    for year in range(site.since.year, site.today.year):
        site.keeper.close_year(year)


def _leave_timers_running(site: Site) -> None:
    """Two timers that started this morning."""
    project = next(iter(site.administration.projects.values()))
    contact = next(iter(site.administration.contacts.values()))
    now = site.administration.clock.milliseconds() // 60_000 * 60_000
    for minutes in (55, 20):
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
