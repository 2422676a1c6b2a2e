"""What an option costs, a year and once, from the price list of its scenario; by force that pays.

Most of it follows from the scenario alone. Overtime and aid are simulated: a replication's own sums, taken to
a year as if all of it were like the window, so that a cost has limits. A window with four days of CRITICAL in
28 thus stands for a year with 52 of them, and one with a public holiday for 13. Money moves between forces
for aid, so that it sums to nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from armsim.analysis.in_post import devices, staff, uplift_forces
from armsim.analysis.intervals import mean_interval
from armsim.analysis.option import OptionData
from armsim.analysis.overtime import OVERTIME
from armsim.domain import MINUTES_PER_DAY, MINUTES_PER_HOUR
from armsim.model.allotment import vehicles_of
from armsim.model.bases import Ground

Floats = NDArray[np.float64]
When = Literal["a year", "once"]

MINUTES_PER_YEAR = 365.25 * MINUTES_PER_DAY
COST_COLUMNS = (
    "when", "item", "team", "force", "basis", "quantity", "unit_price", "pounds", "low", "high",
)  # fmt: skip
#: Item of the rows that add up all others.
TOTAL = "total"
_NOT_PRICED = " (no price given)"


@dataclass(frozen=True, eq=False)
class CostItem:
    """One line of a bill.

    Attributes:
        when: a year, or once.
        item: what it is for: officers, special constables, allowances, overtime, vehicles, CED, aid, training
            or other.
        team: team that it is for; empty for none.
        force: force that pays; empty where the scenario has several and does not say.
        basis: what is counted.
        quantity: how much of it, in each replication, shape (replications,).
        unit_price: pounds.
        simulated: whether it differs between replications by chance.
    """

    when: When
    item: str
    team: str
    force: str
    basis: str
    quantity: Floats
    unit_price: float
    simulated: bool = False

    @property
    def priced(self) -> bool:
        """Whether the price list has a price for it."""
        return not self.basis.endswith(_NOT_PRICED)

    @property
    def pounds(self) -> Floats:
        """Pounds in each replication, shape (replications,)."""
        return self.quantity * self.unit_price


def cost_items(data: OptionData) -> tuple[CostItem, ...]:
    """All lines of the bill of an option, without those of nothing.

    CEDs and the first courses of their carriers stand under "once" from nothing, so that the difference of
    two options is what the change costs; a stock that is there already is in both.
    """
    parts = (_staff, _overtime, _vehicles, _ced, _aid, _uplifts, _other)
    return tuple(item for part in parts for item in part(data) if item.quantity.any())


def cost(
    data: OptionData, when: When = "a year", *, force: str | None = None, teams: Collection[str] | None = None
) -> Floats:
    """Pounds in each replication that was run.

    Args:
        data: the option.
        when: a year, or once.
        force: only what this force pays; all when left out.
        teams: only what is for these teams; all when left out.
    """
    total = np.zeros(len(data.totals))
    for item in cost_items(data):
        mine = item.when == when and (force is None or item.force == force)
        if mine and (teams is None or item.team in teams):
            total += item.pounds
    return total


def cost_table(data: OptionData) -> pd.DataFrame:
    """The bill of an option as ``COST_COLUMNS``, with a row that adds up each ``when``.

    Quantities are means over replications. Limits show simulation noise only: they are those of Student's t
    over replications where a line is simulated, the figure itself where it is not, and NaN below two
    replications.
    """
    items = cost_items(data)
    level = data.scenario.study.confidence
    records = [_record(item, level) for item in items]
    for when in ("a year", "once"):
        lines = [item for item in items if item.when == when]
        if lines:
            pounds = np.sum([item.pounds for item in lines], axis=0)
            total = _limits(pounds, any(item.simulated for item in lines), level)
            head = {"when": when, "item": TOTAL, "team": "", "force": "", "basis": ""}
            records.append({**head, "quantity": np.nan, "unit_price": np.nan, **total})
    return pd.DataFrame.from_records(records, columns=list(COST_COLUMNS))


def _record(item: CostItem, level: float) -> dict[str, Any]:
    names = ("when", "item", "team", "force", "basis", "unit_price")
    head = {name: getattr(item, name) for name in names}
    return {**head, "quantity": float(item.quantity.mean()), **_limits(item.pounds, item.simulated, level)}


def _limits(pounds: Floats, simulated: bool, level: float) -> dict[str, float]:
    found = mean_interval(pounds, level)
    if simulated:
        return {"pounds": found.value, "low": found.low, "high": found.high}
    return dict.fromkeys(("pounds", "low", "high"), found.value)


def _line(
    data: OptionData,
    when: When,
    item: str,
    team: str,
    force: str,
    basis: str,
    quantity: float,
    price: float | None,
) -> CostItem:
    """A line that does not differ between replications; *price* is ``None`` where the list has none."""
    words = basis if price is not None else basis + _NOT_PRICED
    return CostItem(when, item, team, force, words, np.full(len(data.totals), float(quantity)), price or 0.0)


def _staff(data: OptionData) -> Iterator[CostItem]:
    """Officers in post and their allowances."""
    prices = data.scenario.prices
    for one in staff(data):
        special = one.employment == "SPECIAL"
        item, basis = ("special constables", "headcount") if special else ("officers", "in post")
        words = f"{one.employment.lower()} officers {basis}"
        price = prices.officer_year.get(one.employment)
        yield _line(data, "a year", item, one.team, one.force, words, one.officers, price)
        if one.team in prices.allowance:
            allowance, words = prices.allowance[one.team], f"{one.employment.lower()} officers in post"
            yield _line(data, "a year", "allowances", one.team, one.force, words, one.officers, allowance)


def _overtime(data: OptionData) -> Iterator[CostItem]:
    """Overtime at its rates, as hours at plain time."""
    for name in sorted(data.scenario.teams):
        for force in data.forces:
            hours = overtime_hours(data, name, force)
            words = "paid hours times rates, as in the window"
            yield CostItem(
                "a year", "overtime", name, force, words, hours, data.scenario.prices.hour, simulated=True
            )


def _vehicles(data: OptionData) -> Iterator[CostItem]:
    ground = Ground.of(data.zones, data.forces)
    for name, kind in sorted(data.scenario.units.items()):
        price = data.scenario.prices.vehicles.get(name)
        each = price.buy / price.life + price.run if price is not None else None
        for code, owned in enumerate(vehicles_of(data.scenario, ground, name)):
            team, force = kind.team or "", data.forces[code]
            yield _line(data, "a year", "vehicles", team, force, f"{name} owned", owned or 0, each)


def _ced(data: OptionData) -> Iterator[CostItem]:
    """CEDs: devices, consumables and refreshers a year; devices and first courses once."""
    prices, policy = data.scenario.prices, data.scenario.people.ced
    ced, courses = prices.ced, prices.courses
    for (team, force), number in devices(data).items():
        yield _line(data, "a year", "CED", team, force, "devices replaced", number / ced.life, ced.device)
        yield _line(data, "once", "CED", team, force, "devices bought", number, ced.device)
    first, again = (courses[name].cost if name in courses else None for name in (ced.course, ced.refresher))
    often = MINUTES_PER_YEAR / policy.refresher_every if policy.refresher_every else 0.0
    carriers: dict[tuple[str, str], float] = {}
    for one in staff(data):
        carriers[one.team, one.force] = carriers.get((one.team, one.force), 0.0) + one.carriers
    for (team, force), number in carriers.items():
        yield _line(data, "a year", "CED", team, force, "carriers, consumables", number, ced.consumables)
        yield _line(data, "a year", "CED", team, force, "refreshers", number * often, again)
        yield _line(data, "once", "CED", team, force, "carriers' first course", number, first)


def _aid(data: OptionData) -> Iterator[CostItem]:
    """Recharge of aid: what a force borrows less what it lends."""
    for force in data.forces:
        hours = data.total(f"recharge_borrowed_hours:force={force}") - data.total(
            f"recharge_lent_hours:force={force}"
        )
        words, price = "officer-hours borrowed less lent, as in the window", data.scenario.prices.aid_hour
        yield CostItem("a year", "aid", "", force, words, a_year(data, hours), price, simulated=True)


def _uplifts(data: OptionData) -> Iterator[CostItem]:
    """Courses of the officers that uplifts bring."""
    ground, courses = Ground.of(data.zones, data.forces), data.scenario.prices.courses
    for name, uplift in sorted(data.scenario.uplifts.items()):
        for code in uplift_forces(data.scenario, ground, uplift):
            for course in uplift.courses:
                price = courses[course].cost if course in courses else None
                force, words = data.forces[code], f"{name}: course {course}"
                yield _line(data, "once", "training", uplift.team, force, words, uplift.officers, price)


def _other(data: OptionData) -> Iterator[CostItem]:
    """Whatever else the price list names; paid by the only force, else by no one in particular."""
    force, prices = data.forces[0] if len(data.forces) == 1 else "", data.scenario.prices
    for name, pounds in sorted(prices.posts_a_year.items()):
        yield _line(data, "a year", "other", "", force, name, 1, pounds)
    for name, pounds in sorted(prices.one_off.items()):
        yield _line(data, "once", "other", "", force, name, 1, pounds)


def a_year(data: OptionData, sums: Floats) -> Floats:
    """Sums over the window taken to a year, shape kept."""
    return np.asarray(sums * (MINUTES_PER_YEAR / data.scenario.window), dtype=np.float64)


def overtime_hours(data: OptionData, team: str, force: str | None = None) -> Floats:
    """Paid hours of overtime times their rates, a year, of a team, in each replication.

    Public holidays do not recur as often as the window has them: their hours are taken to as many as the
    scenario names in the year from its start.

    Args:
        data: the option.
        team: name of the team.
        force: name of a force; all together when left out.
    """
    end = f"team={team}:force={force}" if force is not None and data.parts else f"team={team}"
    usual = data.total([f"people_pay_{kind}:{end}" for kind in OVERTIME if kind != "public_holiday"])
    holidays = data.total(f"people_pay_public_holiday:{end}") * _holidays_a_year(data)
    return a_year(data, usual / MINUTES_PER_HOUR) + holidays / MINUTES_PER_HOUR


def _holidays_a_year(data: OptionData) -> float:
    """Public holidays of a year, by the dates that the scenario names, for each in the window."""
    scenario = data.scenario
    days = [(day - scenario.start).days for day in scenario.people.hours.public_holidays]
    inside = sum(0 <= day < scenario.window / MINUTES_PER_DAY for day in days)
    # Dates of one calendar year stand for those of any: the year is the one that the list names.
    a_year = len({(day.month, day.day) for day in scenario.people.hours.public_holidays})
    return a_year / inside if inside else 0.0
