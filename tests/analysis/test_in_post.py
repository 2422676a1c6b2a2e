"""Officers in post, CED carriers and devices, by hand."""

import pytest

from armsim.analysis.in_post import devices, staff

from .bill import PEOPLE, TEAMS, option


def found(**changes):
    data = option(**changes)
    return {(one.team, one.force, one.employment): (one.officers, one.carriers) for one in staff(data)}, data


def test_posts_less_vacancies_by_employment_and_force():
    # The scenario starts on 5 March 2018: neither students nor specials may carry yet.
    in_post, data = found()
    assert in_post == {
        ("arv", "ash", "REGULAR"): (18, 18),
        ("arv", "birch", "REGULAR"): (9, 9),
        ("response", "ash", "REGULAR"): (80, 40),
        ("response", "ash", "STUDENT"): (20, 0),
        ("specials", "ash", "SPECIAL"): (40, 0),
    }
    assert devices(data) == {("arv", "ash"): 18, ("arv", "birch"): 9, ("response", "ash"): 30}


def test_who_may_carry_by_date_and_by_override():
    later, _ = found(start="2019-02-28")
    assert later["response", "ash", "STUDENT"] == (20, 10)
    assert later["specials", "ash", "SPECIAL"] == (40, 0)
    early = {"ced": {**PEOPLE["ced"], "allowed_early": ("SPECIAL",)}}
    now, data = found(people=early)
    assert now["specials", "ash", "SPECIAL"] == (40, pytest.approx(12))
    assert devices(data)["specials", "ash"] == pytest.approx(12)  # no stock is set: one a carrier


def test_attrition_leaves_posts_empty():
    teams = {
        **TEAMS,
        "arv": {**TEAMS["arv"], "attrition": {"a_year": 0.25, "replaced_after": f"{365.25 * 24} h"}},
    }
    in_post, _ = found(teams=teams)
    assert in_post["arv", "ash", "REGULAR"][0] == pytest.approx(18 / 1.25)


@pytest.mark.parametrize(("backfilled", "response"), [(None, 80 - 6), ("26 weeks", 80)])
def test_an_uplift_adds_officers_and_takes_them_for_good_unless_filled_again(backfilled, response):
    uplift = {
        "team": "arv", "force": "ash", "officers": 8, "decided": "2018-01-01", "courses": ("arv",),
        "taken_from": {"response": 0.75}, "backfilled_after": backfilled,
    }  # fmt: skip
    in_post, _ = found(uplifts={"more": uplift})
    assert in_post["arv", "ash", "REGULAR"] == (26, 26)
    assert in_post["arv", "birch", "REGULAR"] == (9, 9)
    assert in_post["response", "ash", "REGULAR"][0] == pytest.approx(response)


def test_armed_officers_carry_outside_any_stock():
    teams = {**TEAMS, "arv": {**TEAMS["arv"], "ced_devices": {"ash": 5, "birch": 5}}}
    _, data = found(teams=teams)
    assert (devices(data)["arv", "ash"], devices(data)["arv", "birch"]) == (18, 9)
