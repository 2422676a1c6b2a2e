import numpy as np
import pytest

from armsim.analysis.ced import WEEKEND_EVENING, ced_totals

from .people_logs import LogUnit, Place, duty_row, officer_row, people_log, people_world

URBAN, RURAL = Place(0), Place(2)
UNITS = (LogUnit(0, 0, RURAL), LogUnit(1, 1, URBAN), LogUnit(2, 1, RURAL, force=1))
NOTHING = {"first_ced_at": np.zeros(0), "type": np.zeros(0), "level": np.zeros(0)}


EARLY = {"ced": {"allowed_early": ("STUDENT",)}}


def world_of(people=EARLY, **changes):
    """The small world in 2018 with its first zone in a town; it opens on a Monday, and students may carry."""
    made = people_world(people=people, **changes)
    made.zones.loc[0, "rural"] = False
    return made


def totals(crews, duties=(), incidents=NOTHING, world=None):
    return ced_totals(people_log(duties, crews, UNITS), world or world_of(), incidents)


def cover(found):
    head = "ced_minutes:employment="
    return {
        name.removeprefix(head): value for name, value in found.items() if name.startswith(head) and value
    }


def test_weekend_evenings_are_friday_and_saturday_from_six_to_four():
    assert [hour for hour in WEEKEND_EVENING if hour in (113, 114, 123, 124, 137, 138, 147, 148)] == [
        114,
        123,
        138,
        147,
    ]
    assert len(WEEKEND_EVENING) == 20


def test_cover_is_told_by_employment_area_force_and_hour():
    crews = [duty_row(1, 7.5, 2, ced=2), duty_row(2, 23, 3, ced=1)]
    duties = [officer_row(2, 7.5, 2, duty=0), officer_row(3, 7.5, 2, duty=0), officer_row(4, 23, 3, duty=1)]
    assert cover(totals(crews, duties)) == {
        "REGULAR:area=urban": 120,
        "REGULAR:area=rural": 180,  # nobody in the crew holds it, so that it is the crew's
        "REGULAR:force=ash": 120,
        "REGULAR:force=birch": 180,
        "REGULAR:hour=7": 30,
        "REGULAR:hour=8": 60,
        "REGULAR:hour=9": 30,
        "REGULAR:hour=23": 60,
        "REGULAR:hour=0": 60,
        "REGULAR:hour=1": 60,
        "STUDENT:area=urban": 120,
        "STUDENT:force=ash": 120,
        "STUDENT:hour=7": 30,
        "STUDENT:hour=8": 60,
        "STUDENT:hour=9": 30,
    }


def test_fewer_devices_than_carriers_are_shared_out():
    crews = [duty_row(1, 8, 1, ced=1)]
    duties = [officer_row(2, 8, 1, duty=0), officer_row(3, 8, 1, duty=0)]
    found = cover(totals(crews, duties))
    assert (found["REGULAR:area=urban"], found["STUDENT:area=urban"]) == (30, 30)


def test_an_officer_who_holds_none_carries_none_where_another_does():
    crews = [duty_row(1, 8, 1, ced=1)]
    duties = [officer_row(3, 8, 1, duty=0), officer_row(4, 8, 1, duty=0)]
    found = cover(totals(crews, duties))
    assert found["STUDENT:area=urban"] == 60
    assert "REGULAR:area=urban" not in found


def test_a_student_whom_policy_bars_carries_none():
    crews = [duty_row(1, 8, 1, ced=1)]
    duties = [officer_row(2, 8, 1, duty=0), officer_row(3, 8, 1, duty=0)]
    found = cover(totals(crews, duties, world=world_of(people={})))
    assert found["REGULAR:area=urban"] == 60
    assert "STUDENT:area=urban" not in found


def test_a_standing_unit_is_of_regular_officers():
    found = cover(totals([duty_row(1, -5, 6, ced=2), duty_row(2, 40, 100, ced=1)]))
    assert (found["REGULAR:area=urban"], found["REGULAR:area=rural"]) == (120, 480)


def test_weekend_evenings_are_counted_apart():
    world = world_of(start="2018-03-09")  # a Friday; the window closes at midnight on Saturday
    found = totals([duty_row(1, 17, 12, ced=1)], world=world)
    assert found["ced_minutes:employment=REGULAR:kind=weekend_evening"] == 600
    assert found["ced_elapsed_minutes:kind=weekend_evening"] == 600 + 360
    assert found["no_ced_minutes:kind=weekend_evening"] == 360


def test_time_without_a_carrier_is_exact_and_crews_without_one_do_not_count():
    found = totals([duty_row(1, 8, 4.5, ced=1), duty_row(2, 12, 2, ced=1), duty_row(1, 20, 2, ced=0)])
    assert found["no_ced_minutes"] == 2880 - 360
    assert found["no_ced_minutes:area=urban"] == 2880 - 270
    assert found["no_ced_minutes:area=rural"] == 2880 - 120
    assert found["no_ced_minutes:force=ash"] == 2880 - 270
    assert found["no_ced_minutes:force=birch"] == 2880 - 120
    # Two days: the hours of the first are covered from 8 to 14, those of the second not.
    assert [found[f"no_ced_minutes:hour={hour}"] for hour in (7, 8, 13, 14)] == [120, 60, 60, 120]
    assert found["ced_elapsed_minutes"] == 2880
    assert found["ced_elapsed_minutes:hour=8"] == 120


def test_with_nobody_there_is_no_cover_and_no_error():
    found = totals([])
    assert cover(found) == {}
    assert found["no_ced_minutes"] == 2880


def test_a_window_that_ends_within_an_hour_is_counted_to_its_end():
    found = totals([duty_row(1, 0, 100, ced=1)], world=world_of(window="90 min"))
    assert cover(found)["REGULAR:hour=1"] == 30
    assert found["ced_elapsed_minutes:hour=1"] == 30


def test_expected_uses_are_of_incidents_that_a_carrier_came_to():
    job = {"annual": 0, "attendance": {"officers": 1}, "on_scene": {"exactly": "30 min"}}
    types = {
        "armed": {"grade": "FIREARMS", **job, "ced_use": 0.25},
        "job": {"grade": "G2", **job, "ced_use": 0.01},
    }
    incidents = {
        "type": np.array([0, 0, 1, 1, 0]),
        "level": np.array([3, 3, 3, 4, 4]),
        "first_ced_at": np.array([5.0, np.nan, 7.0, 8.0, np.nan]),
    }
    found = totals([], incidents=incidents, world=world_of(demand={"types": types}))
    assert found["ced_uses:level=SEVERE"] == pytest.approx(0.26)
    assert found["ced_uses:level=CRITICAL"] == pytest.approx(0.01)
