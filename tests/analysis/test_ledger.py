from datetime import date

import numpy as np
import pytest

from armsim.analysis.ledger import ledger, lost_by_day
from armsim.analysis.overtime import OVERTIME
from armsim.domain import DutyKind

from .ledger_books import book, day, hours


def of_officers(made, *names):
    found = ledger(made).officers
    return [found[name].tolist() for name in names]


def one(made, name):
    return ledger(made).officers[name].item()


def overtime(made):
    """Worked, paid and pay minutes of each kind that is not nothing."""
    found = ledger(made).officers
    parts = {
        kind: tuple(found[f"{head}_{kind}"].item() for head in ("overtime", "paid", "pay"))
        for kind in OVERTIME
    }
    return {kind: part for kind, part in parts.items() if any(part)}


def test_minutes_are_those_inside_the_window_with_overrun_and_training():
    made = book(
        [
            hours(0, -3, 7),  # a night under way at the opening
            hours(0, 21, 31, over=20.0),
            hours(0, 45, 55, DutyKind.ABSENT_PLANNED, works=True),  # court
            hours(0, 69, 79, DutyKind.ABSENT_SICK),
            hours(0, 165, 175),  # the window closes on it
        ],
        days=7,
    )
    assert of_officers(made, "duty_minutes", "work_minutes") == [
        [420.0 + 620 + 180],
        [420.0 + 620 + 180 + 600],
    ]


def test_a_night_is_parted_at_midnight_in_the_average():
    made = book([hours(0, 21, 31)], days=2, reference_weeks=1)
    assert ledger(made).average.tolist() == [[180.0, 600.0]]


def test_a_night_under_way_when_the_log_begins_adds_to_the_history():
    history = np.zeros((1, 7))
    history[0, -1] = 60.0
    made = book([hours(0, -3, 7)], days=8, history=history, reference_weeks=1)
    assert ledger(made).average.tolist() == [[660.0] * 6 + [420.0, 0.0]]


def test_a_duty_of_more_than_a_day_is_on_each_of_its_days():
    made = book([hours(0, 20, 50)], days=4, reference_weeks=1)
    assert ledger(made).average.tolist() == [[240.0, 240.0 + 1440, 1800.0, 1800.0]]


def test_the_average_rolls_over_history_warm_up_and_window():
    # A week of 1 h a day before, 2 h on the day of warm-up and on each of two days.
    rows = [hours(0, 24 * number + 8, 24 * number + 10) for number in (-1, 0, 1)]
    made = book(rows, days=2, history=np.full((1, 7), 60.0), first_day=-1, reference_weeks=1)
    assert ledger(made).average.tolist() == [[5 * 60.0 + 2 * 120, 4 * 60.0 + 3 * 120]]
    assert of_officers(made, "highest", "last") == [[600.0], [600.0]]


def test_the_reference_period_averages_over_its_weeks():
    history = np.concatenate((np.full(7, 480.0), np.zeros(7)))[None]
    made = book([day(0, 0), day(0, 1)], days=2, history=history, reference_weeks=2)
    assert ledger(made).average.tolist() == [[7 * 240.0, 7 * 240.0]]


def test_leave_and_sickness_count_as_rostered_and_a_rest_day_given_back_as_rest():
    kinds = (
        DutyKind.ABSENT_PLANNED,
        DutyKind.ABSENT_SICK,
        DutyKind.ABSENT_NOT_DEPLOYABLE,
        DutyKind.ON_COURSE,
    )
    made = book([day(0, number, kind=kind) for number, kind in enumerate(kinds)], days=7, reference_weeks=1)
    assert one(made, "last") == 4 * 480
    given_back = book([day(0, 1, kind=DutyKind.REST_GIVEN_BACK)], days=7, reference_weeks=1)
    assert one(given_back, "last") == 0
    assert one(made, "work_minutes") == 0


def test_rest_of_exactly_eleven_hours_is_enough_and_a_minute_less_is_not():
    late_to_early = [hours(0, 15, 20), hours(0, 31, 39)]
    assert one(book(late_to_early), "daily_rest") == 0
    late_to_early[0] = hours(0, 15, 20, over=1.0)
    assert one(book(late_to_early), "daily_rest") == 1
    assert ledger(book(late_to_early)).rows["daily_rest"].tolist() == [0.0, 1.0]


def test_short_rest_is_counted_at_the_duty_after_it_and_by_officer():
    rows = [hours(0, -10, -2), hours(0, 6, 14), hours(1, 0, 8), hours(2, 15, 25), hours(2, 25, 27)]
    assert of_officers(book(rows, officers=4), "daily_rest") == [[1.0, 0.0, 1.0, 0.0]]


def test_absence_is_no_work_and_breaks_no_rest():
    rows = [hours(0, 0, 8), hours(0, 10, 18, DutyKind.ABSENT_SICK), hours(0, 20, 28)]
    assert one(book(rows), "daily_rest") == 0
    rows[1] = hours(0, 10, 18, DutyKind.ABSENT_PLANNED, works=True)
    assert one(book(rows), "daily_rest") == 2


def test_a_long_duty_covers_a_short_one_inside_it():
    rows = [hours(0, 0, 20), hours(0, 2, 3), hours(0, 30, 38)]
    # 2 h starts inside; the next has its rest from the end of the longer, 10 h before it.
    assert one(book(rows), "daily_rest") == 2


def every_day(numbers, officer=0):
    return [day(officer, number) for number in numbers]


def test_a_week_without_a_free_day_is_saved_by_two_in_the_fortnight():
    no_rest = every_day(range(14))
    assert one(book(no_rest, days=14), "weekly_rest") == 2
    # Days 8 and 9 free: 64 h in the second week, which serve the first too.
    saved = every_day([*range(8), *range(10, 14)])
    assert one(book(saved, days=14), "weekly_rest") == 0
    # One day free: 40 h, enough for its own week and for no other.
    assert one(book(every_day([*range(8), *range(9, 14)]), days=14), "weekly_rest") == 1


def test_rest_across_two_weeks_counts_in_each_as_far_as_it_lies_in_it():
    # Free from 16:00 on day 5 to 12:00 on day 7: 32 h in the first week, 12 h in the second.
    rows = [*every_day(range(6)), hours(0, 7 * 24 + 12, 7 * 24 + 20), *every_day(range(8, 14))]
    assert one(book(rows, days=14), "weekly_rest") == 1
    # To 16:00: 48 h in the fortnight, just enough for both.
    rows[6] = hours(0, 7 * 24 + 16, 7 * 24 + 20)
    assert one(book(rows, days=14), "weekly_rest") == 0


def test_the_last_of_an_odd_number_of_weeks_has_its_fortnight_with_the_week_before():
    rows = every_day([*range(8), *range(10, 21)])
    assert one(book(rows, days=21), "weekly_rest") == 0
    rows = every_day([*range(1), *range(3, 21)])
    assert one(book(rows, days=21), "weekly_rest") == 1
    assert one(book(every_day(range(7)), days=7), "weekly_rest") == 1


def test_part_of_a_week_is_not_judged():
    assert one(book(every_day(range(6)), days=6), "weekly_rest") == 0


def test_days_in_a_row_go_on_over_the_opening_and_past_the_end_of_a_month():
    # 3 rostered days before the opening on 28 February and days 0 to 4: 8 in a row, one past the limit.
    rows = every_day([0, 1, 2, 3, 4, 6, 7])
    made = book(rows, days=10, row_of_days=[3], opening=date(2018, 2, 28))
    assert of_officers(made, "longest_run", "consecutive_days") == [[8.0], [1.0]]
    looser = book(rows, days=10, row_of_days=[3], consecutive_days=8)
    assert one(looser, "consecutive_days") == 0


def test_casual_overtime_loses_half_an_hour_on_the_first_four_occasions_of_a_week():
    rows = [day(0, number, over=40.0) for number in range(5)]
    rows.append(day(0, 6, over=20.0))
    rows.append(day(0, 7, over=20.0))
    # 4 x 10 min, then 40 and 20 in full; a new week starts with the eighth day, where 20 min go unpaid.
    assert overtime(book(rows)) == {"casual": (240.0, 100.0, pytest.approx(133.3, rel=1e-12))}


def test_duty_that_ends_on_time_is_no_occasion():
    rows = [day(0, number) for number in range(4)] + [day(0, 4, over=45.0)]
    assert overtime(book(rows)) == {"casual": (45.0, 15.0, 15.0 * 1.333)}


def test_minutes_kept_on_are_overtime_with_the_overrun_after_them():
    made = book([day(0, 0, over=15.0, kept_on=120.0)])
    assert overtime(made) == {"casual": (135.0, 105.0, 105.0 * 1.333)}


@pytest.mark.parametrize(("owed", "expected"), [(True, (1, 0, 1.0)), (False, (0, 1, 0.0))])
def test_a_cancelled_rest_day_is_owed_or_paid_and_lost_either_way(owed, expected):
    made = book([day(0, 20, kind=DutyKind.REST_DAY_CANCELLED, owed=owed, notice=1440.0 * 16)])
    found = ledger(made).officers
    assert (found["owed"].item(), found["paid"].item(), found["balance"].item()) == expected
    assert (found["cancelled"].item(), found["lost"].item()) == (1, 1)
    assert overtime(made) == ({} if owed else {"rest_day": (480.0, 480.0, 720.0)})


def test_a_rest_day_worked_is_paid_for_four_hours_at_least():
    rows = [
        hours(0, 8, 11, DutyKind.REST_DAY_CANCELLED, over=6.0),
        hours(0, 32, 33, DutyKind.REST_DAY_WORKED),
        hours(0, 60, 61, DutyKind.RECALLED),
    ]
    assert overtime(book(rows)) == {
        "rest_day": (186.0, 240.0, 360.0),
        "agreement": (60.0, 240.0, 360.0),
        "recalled": (60.0, 60.0, 60.0 * 1.333),
    }


def test_overrun_of_an_owed_rest_day_is_casual_overtime():
    made = book([day(0, 0, kind=DutyKind.REST_DAY_CANCELLED, owed=True, over=50.0)])
    assert overtime(made) == {"casual": (50.0, 20.0, 20.0 * 1.333)}


def test_a_public_holiday_is_paid_double_whatever_the_duty_and_by_the_day_it_starts_on():
    kinds = (DutyKind.ROSTERED, DutyKind.REST_DAY_WORKED, DutyKind.ABSENT_SICK)
    rows = [day(number, 3, kind=kind, over=10.0) for number, kind in enumerate(kinds)]
    rows += [hours(3, 4 * 24 - 3, 4 * 24 + 7), hours(4, 4 * 24, 4 * 24 + 8)]
    found = ledger(book(rows, officers=5, public_holidays=("2018-03-08",))).officers
    assert found["pay_public_holiday"].tolist() == [980.0, 980.0, 0.0, 1200.0, 0.0]
    assert not any(found[f"paid_{kind}"].any() for kind in OVERTIME if kind != "public_holiday")


def test_volunteers_are_paid_nothing():
    kinds = (DutyKind.VOLUNTARY, DutyKind.CALLED_IN)
    made = book(
        [day(0, number, kind=kind, over=60.0) for number, kind in enumerate(kinds)],
        public_holidays=("2018-03-05",),
    )
    assert overtime(made) == {}
    assert one(made, "duty_minutes") == 2 * 540


def test_rest_days_given_back_lessen_debt_and_loss():
    rows = [
        day(0, 1, kind=DutyKind.REST_DAY_CANCELLED, owed=True),
        day(0, 9, kind=DutyKind.REST_DAY_CANCELLED),
        day(0, 12, kind=DutyKind.REST_GIVEN_BACK),
    ]
    made = book(rows, officers=2, days=14, debt=[2.5, 0.5])
    assert of_officers(made, "balance", "lost") == [[2.5, 0.5], [3.5, 0.5]]
    assert lost_by_day(made)[0].tolist() == [2.5] + [3.5] * 8 + [4.5] * 3 + [3.5] * 2


def test_the_debt_is_that_of_the_opening_whatever_the_warm_up_did():
    made = book([day(0, -1, kind=DutyKind.REST_DAY_CANCELLED, owed=True)], first_day=-2, debt=[1.0])
    assert of_officers(made, "balance", "lost", "cancelled") == [[1.0], [1.0], [0.0]]


def test_notice_is_broken_by_orders_and_not_by_the_roster_nor_by_agreement():
    short, enough = 1440.0 * 29, 1440.0 * 30
    rows = [
        day(0, 0),
        day(1, 0, notice=short),
        day(2, 0, kind=DutyKind.REST_DAY_CANCELLED, notice=short),
        day(3, 0, kind=DutyKind.RECALLED, notice=60.0),
        day(4, 0, kind=DutyKind.REST_DAY_WORKED, notice=short),
        day(5, 0, kind=DutyKind.REST_DAY_CANCELLED, notice=enough),
        day(6, 0, kind=DutyKind.ABSENT_SICK, notice=short),
    ]
    assert of_officers(book(rows, officers=7), "notice") == [[0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0]]


def test_breaks_lost_are_those_of_duties_that_start_in_the_window():
    rows = [
        day(0, -1, has_break=True, break_lost=True),
        day(0, 0, has_break=True, break_lost=True),
        day(0, 1, has_break=True),
        day(0, 2),
    ]
    assert of_officers(book(rows), "breaks", "breaks_lost") == [[2.0], [1.0]]


def test_an_officer_without_duties_in_four_weeks_is_not_in_post_then():
    rows = [day(0, 3), day(0, 30, kind=DutyKind.ABSENT_SICK), day(1, 40)]
    assert of_officers(book(rows, officers=3, days=63), "weeks") == [[9.0, 5.0, 0.0]]


def five_teams(first, last):
    """Start of each team of five by day, 2 earlies 2 lates 2 nights and 4 off; none on a rest day."""
    cycle = [7, 7, 15, 15, 21, 21, None, None, None, None]
    return [
        (team, number, cycle[(number - 2 * team) % 10]) for team in range(5) for number in range(first, last)
    ]


def test_the_hand_worked_case_of_four_weeks_at_critical():
    """12 h, half of rest days worked, 42 h a week before: 5.6 rest days and 47.93 h a week.

    By the clock: the night under way at the opening, 12 h already, has its first three hours in the 13 weeks
    before, and the nights of the last day end outside.
    """
    history = np.zeros((10, 119))
    for team, number, start in five_teams(-120, 0):
        if start is not None and start + 10 <= 24 * -number:
            for day_of, part in ((number, min(10, 24 - start)), (number + 1, max(0, start + 10 - 24))):
                if day_of >= -119:
                    history[2 * team : 2 * team + 2, day_of] += 60.0 * part
    rows = []
    for team, number, start in five_teams(-1, 28):
        opens = 24 * number + (7 if start is None else start)
        mates = [2 * team, 2 * team + 1]
        if start is not None and opens + 12 > 0:
            rows += [hours(mate, opens, opens + 12) for mate in mates]
        elif number >= 0 and start is None:  # one of the two, by turns
            kind = DutyKind.REST_DAY_CANCELLED
            rows.append(hours(mates[number % 2], opens, opens + 12, kind, owed=True))
    found = ledger(book(rows, officers=10, history=history)).officers
    assert found["lost"].mean() == pytest.approx(5.6, rel=1e-12)
    assert found["last"].mean() / 60 == pytest.approx((13 * 42 + 4 * 67.2) / 17, rel=1e-12)
    assert round(found["last"].mean() / 60, 1) == 47.9
