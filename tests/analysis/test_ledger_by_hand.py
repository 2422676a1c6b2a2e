"""The ledger against one kept duty by duty in plain Python, over drawn duties."""

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from armsim.analysis.book import DUTY, NEUTRAL, OF_THE_ROSTER
from armsim.analysis.ledger import ledger, lost_by_day
from armsim.analysis.overtime import OVERTIME
from armsim.domain import DutyKind

from .ledger_books import NAN, Row, book

SLOT = 15.0
OPENING = date(2018, 3, 26)
HOLIDAYS = (date(2018, 3, 30), date(2018, 4, 2))
UNPAID = (DutyKind.VOLUNTARY, DutyKind.CALLED_IN)

slots = st.integers(0, 12)
duties = st.tuples(
    st.integers(-8, 200),  # gap before it
    st.integers(1, 64),  # length
    st.sampled_from(DutyKind),
    slots,  # overrun
    st.sampled_from([NAN, 60.0, 1440.0 * 29, 1440.0 * 30]),
    st.booleans(),
    st.booleans(),
    st.sampled_from([0.0, 0.0, 60.0]),
)


@st.composite
def books(draw):
    """A book of up to three officers and three weeks and a bit."""
    days, warm_up, officers = draw(st.integers(1, 23)), draw(st.integers(0, 3)), draw(st.integers(1, 3))
    rows = []
    for officer in range(officers):
        clock = -1440.0 * (warm_up + 1)
        for gap, length, kind, over, notice, owed, flag, kept in draw(st.lists(duties, max_size=30)):
            start = clock + SLOT * gap
            end = start + SLOT * length
            duty = kind in DUTY
            late = SLOT * over if duty else 0.0
            works = flag and kind is DutyKind.ABSENT_PLANNED
            breaks = {"has_break": duty, "break_lost": duty and flag}
            rows.append(Row(officer, start, end, kind, late, notice, owed, works, kept * duty, **breaks))
            clock = max(clock, end + late)
    weeks = draw(st.integers(1, 3))
    history = draw(st.lists(st.sampled_from([0.0, 480.0, 600.0]), min_size=7 * weeks, max_size=7 * weeks))
    made = book(
        rows, officers, days, [history] * officers, [draw(slots) / 4] * officers,
        [draw(st.integers(0, 6))] * officers, OPENING, -warm_up,
        reference_weeks=weeks, public_holidays=HOLIDAYS, consecutive_days=3,
    )  # fmt: skip
    return made, sorted(rows, key=lambda row: (row.officer, row.start)), history


class ByHand:
    """The ledger of one officer, a duty at a time."""

    def __init__(self, rows, made, history):
        self.rows, self.made, self.history, self.rules = rows, made, history, made.rules.hours
        self.works = [row.works or row.kind in DUTY for row in rows]

    def end(self, row):
        return row.planned_end + row.over

    def inside(self, row):
        return 0 <= row.start < self.made.window

    def count(self, *kinds, owed=None):
        return sum(
            row.kind in kinds and (owed is None or row.owed is owed) for row in self.rows if self.inside(row)
        )

    def minutes(self, chosen):
        parts = [
            max(0.0, min(self.end(row), self.made.window) - max(row.start, 0.0))
            for row, wanted in zip(self.rows, chosen, strict=True)
            if wanted
        ]
        return sum(parts)

    def daily_rest(self):
        latest, breaches = None, 0
        for row, works in zip(self.rows, self.works, strict=True):
            if not works:
                continue
            if latest is not None and row.start - latest < self.rules.daily_rest and self.inside(row):
                breaches += 1
            latest = self.end(row) if latest is None else max(latest, self.end(row))
        return breaches

    def notice(self):
        kinds = (DutyKind.ROSTERED, DutyKind.REST_DAY_CANCELLED, DutyKind.RECALLED)
        due = self.made.rules.shift_notice
        return sum(row.kind in kinds and row.notice < due and self.inside(row) for row in self.rows)

    def overtime(self):
        """Worked, paid and pay minutes by kind."""
        sums = {kind: [0.0, 0.0, 0.0] for kind in OVERTIME}
        occasions = {}
        for row in self.rows:
            kind, worked, paid, rate = self.overtime_of(row, occasions)
            if kind and self.inside(row):
                for at, part in enumerate((worked, paid, paid * rate)):
                    sums[kind][at] += part
        return sums

    def overtime_of(self, row, occasions):
        length, rules = self.end(row) - row.start, self.rules
        if row.kind not in DUTY or row.kind in UNPAID:
            return None, 0, 0, 0
        if OPENING + timedelta(days=row.start // 1440) in HOLIDAYS:
            return "public_holiday", length, length, rules.public_holiday_rate
        if row.kind is DutyKind.REST_DAY_WORKED:
            return "agreement", length, max(length, 240.0), rules.rest_day_rate
        if row.kind is DutyKind.REST_DAY_CANCELLED and not row.owed:
            return "rest_day", length, max(length, 240.0), rules.rest_day_rate
        if row.kind is DutyKind.RECALLED:
            return "recalled", length, length, rules.overtime_rate
        over = row.over + row.kept_on
        week = row.start // 10080
        if over:
            occasions[week] = occasions.get(week, 0) + 1
        early = over and occasions[week] <= 4
        return "casual", over, max(over - 30.0, 0.0) if early else over, rules.overtime_rate

    def weekly_rest(self):
        """Slot by slot: the longest free run of each week and of its fortnight."""
        busy = set()
        for row, works in zip(self.rows, self.works, strict=True):
            if works:
                busy |= set(range(int(row.start / SLOT), int(self.end(row) / SLOT)))
        week, weeks = 672, int(self.made.window // 10080)
        breaches = 0
        for number in range(weeks):
            first = number - number % 2
            if first + 2 > weeks:
                first = max(weeks - 2, 0)
            seven = free_run(busy, number * week, number * week + week)
            fourteen = free_run(busy, first * week, first * week + 2 * week)
            breaches += seven < 96 and (weeks == 1 or fourteen < 192)
        return breaches

    def averages(self):
        """Slot by slot, those of the history spread over its days."""
        first, days, weeks = self.made.first_day, int(self.made.window // 1440), self.rules.reference_weeks
        minutes = {first - len(self.history) + at: minute for at, minute in enumerate(self.history)}
        for row, works in zip(self.rows, self.works, strict=True):
            if works or row.kind in NEUTRAL:
                end = self.end(row) if works else row.planned_end
                for slot in range(int(row.start / SLOT), int(end / SLOT)):
                    number = slot // 96
                    if number >= first - 1:
                        minutes[number] = minutes.get(number, 0.0) + SLOT
        return [sum(minutes.get(day - back, 0.0) for back in range(7 * weeks)) / weeks for day in range(days)]

    def runs(self):
        first, days = self.made.first_day, int(self.made.window // 1440)
        worked = {int(row.start // 1440) for row, works in zip(self.rows, self.works, strict=True) if works}
        runs = [self.made.row_of_days[0].item()]
        for day in range(first, days):
            runs.append(runs[-1] + 1 if day in worked else 0)
        return runs[-days:]

    def lost(self, debt):
        days = int(self.made.window // 1440)
        change = [0] * days
        for row in self.rows:
            if self.inside(row):
                change[int(row.start // 1440)] += (row.kind is DutyKind.REST_DAY_CANCELLED) - (
                    row.kind is DutyKind.REST_GIVEN_BACK
                )
        return [debt + sum(change[: day + 1]) for day in range(days)]


def free_run(busy, first, last):
    marks = [first - 1, *sorted(slot for slot in busy if first <= slot < last), last]
    return max(later - earlier - 1 for earlier, later in pairwise(marks))


@settings(max_examples=80)
@given(books())
def test_it_agrees_to_the_last_digit(drawn):
    made, rows, history = drawn
    found = ledger(made)
    for officer in range(made.officers):
        mine = ByHand([row for row in rows if row.officer == officer], made, history)
        got = {name: values[officer].item() for name, values in found.officers.items()}
        duty = [row.kind in DUTY for row in mine.rows]
        averages, runs, lost = mine.averages(), mine.runs(), mine.lost(made.opening_debt[officer].item())
        cancelled = mine.count(DutyKind.REST_DAY_CANCELLED)
        owed = mine.count(DutyKind.REST_DAY_CANCELLED, owed=True)
        given_back = mine.count(DutyKind.REST_GIVEN_BACK)
        expected = {
            "duty_minutes": mine.minutes(duty),
            "work_minutes": mine.minutes(mine.works),
            "daily_rest": mine.daily_rest(),
            "notice": mine.notice(),
            "weekly_rest": mine.weekly_rest(),
            "highest": max(averages),
            "last": averages[-1],
            "longest_run": max(runs),
            "consecutive_days": sum(run == 4 for run in runs),
            "cancelled": cancelled,
            "owed": owed,
            "paid": cancelled - owed,
            "given_back": given_back,
            "worked": mine.count(DutyKind.REST_DAY_WORKED),
            "balance": made.opening_debt[officer].item() + owed - given_back,
            "lost": lost[-1],
            "rostered": mine.count(*OF_THE_ROSTER),
            "paraded": mine.count(DutyKind.ROSTERED),
            "on_duty": mine.count(*DUTY),
            "breaks": mine.count(*DUTY),
            "breaks_lost": sum(row.break_lost for row in mine.rows if mine.inside(row)),
        }
        for kind, parts in mine.overtime().items():
            for head, part in zip(("overtime", "paid", "pay"), parts, strict=True):
                expected[f"{head}_{kind}"] = pytest.approx(part, rel=1e-12) if head == "pay" else part
        assert {name: got[name] for name in expected} == expected
        assert set(got) - set(expected) == {"weeks"}
        assert found.average[officer].tolist() == averages
        assert lost_by_day(made)[officer].tolist() == lost
        assert np.isfinite(found.average).all()
