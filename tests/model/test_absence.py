import numpy as np
import pytest

from armsim.config.schema.duty import PatternTeam, Spells
from armsim.config.schema.people import Attrition
from armsim.model.absence import (
    Away,
    SpellProcess,
    away_in_spells,
    levelled,
    marked,
    phase_of,
    presence,
    vacant_spells,
)
from armsim.model.forces import ForceTeam
from armsim.streams import Streams

SPELLS = Spells.model_validate_json('{"share": 0.1, "spell": "5 days"}')


def away(spells, officers, days, replication=0):
    times = np.broadcast_to(np.arange(days) * 1440.0, (officers, days))
    members = np.broadcast_to(np.arange(officers)[:, None], times.shape)
    rng = Streams(7, replication).generator("duty", "arv", "sickness")
    return away_in_spells(rng, spells, members, times, 0.0, days * 1440.0)


def test_spells_take_their_share_from_the_first_day_on():
    found = np.mean([away(SPELLS, 400, 60, replication) for replication in range(20)], axis=(0, 1))
    assert found.mean() == pytest.approx(0.1, abs=0.005)
    assert found[0] == pytest.approx(0.1, abs=0.015)


def test_spells_last_as_long_as_stated():
    found = away(SPELLS, 2000, 100)
    stays = (found[:, 1:] & found[:, :-1]).sum() / found[:, :-1].sum()
    # Chance to be away still (or again) a day later, of a two-state chain: share + (1 - share) exp(-rate).
    rate = 1 / 5 + 1 / 45
    assert stays == pytest.approx(0.1 + 0.9 * np.exp(-rate), abs=0.01)


def test_an_added_officer_changes_nobody_elses_spells():
    assert (away(SPELLS, 50, 30)[:49] == away(SPELLS, 49, 30)).all()


def test_no_spells_and_nothing_but_spells():
    assert not away(None, 3, 5).any()
    assert away(Spells.model_validate_json('{"share": 1, "spell": "1 h"}'), 3, 5).all()


@pytest.mark.parametrize("share", [0.0, 0.07, 0.25, 1 / 3, 0.5, 1.0])
@pytest.mark.parametrize("officers", [1, 9, 10, 70])
def test_planned_absence_is_level_on_every_shift_and_for_every_officer(share, officers):
    turns = np.arange(2000)
    taken = levelled(np.arange(officers), share, phase_of(turns)[:, None])
    counts = taken.sum(axis=1)
    assert (np.abs(counts - share * officers) < 1).all()
    running = np.cumsum(counts) - share * officers * (turns + 1)
    assert np.abs(running).max() < 4
    assert taken.mean(axis=0) == pytest.approx(np.full(officers, share), abs=0.002)


def test_an_added_officer_changes_nobody_elses_planned_absence():
    phase = phase_of(np.arange(100))[:, None]
    assert (levelled(np.arange(11), 0.25, phase)[:, :10] == levelled(np.arange(10), 0.25, phase)).all()


def test_marks_are_spread_evenly_and_stay_with_their_officers():
    for share in (0.14, 0.3, 0.5):
        counts = np.cumsum(marked(np.arange(100), share))
        assert np.abs(counts - share * np.arange(1, 101)).max() < 1.7
    assert not marked(np.arange(100), 0.0).any()
    assert marked(np.arange(100), 1.0).all()


def test_marked_officers_are_not_on_leave_together():
    leave = levelled(np.arange(70), 0.3, phase_of(np.arange(500))[:, None])
    absent = (leave & marked(np.arange(70), 0.3)).sum(axis=1)
    assert absent.mean() == pytest.approx(0.3 * 0.3 * 70, abs=0.5)
    assert absent.max() - absent.min() <= 4


def test_presence_multiplies():
    team = PatternTeam(
        kind="pattern",
        establishment=50,
        pattern="five",
        planned_absence={"leave": 0.25},
        non_deployable=SPELLS,
    )
    assert presence(team) == pytest.approx(0.75 * 0.9)


def test_posts_are_empty_for_as_long_as_leavers_are_not_replaced():
    # 10% leave in a year of 365.25 days and each post is empty for half of one: 0.05 empty to one in post.
    attrition = Attrition.model_validate_json('{"a_year": 0.1, "replaced_after": "4383 h"}')
    spells = vacant_spells(attrition)
    assert spells.share == pytest.approx(0.05 / 1.05)
    assert spells.spell == 4383 * 60
    assert vacant_spells(None) is None
    team = PatternTeam(kind="pattern", establishment=50, pattern="five", attrition=attrition)
    officers = np.repeat(np.arange(4000), 3)
    minutes = np.tile(np.array([0.0, 150.0, 300.0]) * 1440, 4000)
    away = Away(team, ForceTeam("arv", "Shire", 0, 50), 4000, Streams(7, 0), 0.0, 300 * 1440.0)
    empty = away.vacant(officers, minutes).reshape(4000, 3)
    assert empty.mean(axis=0) == pytest.approx(np.full(3, 0.05 / 1.05), abs=0.012)
    assert not away.sick(officers, minutes).any()
    assert not away.not_deployable(officers, minutes).any()


def test_a_process_asked_twice_answers_the_same():
    rng = Streams(7, 0).generator("duty", "arv", "sickness")
    process = SpellProcess(rng, SPELLS, 30, 0.0, 40 * 1440.0)
    members, times = np.repeat(np.arange(30), 40), np.tile(np.arange(40) * 1440.0, 30)
    assert (process.at(members, times) == away(SPELLS, 30, 40).ravel()).all()
    assert process.at(np.array([3]), np.array([720.0])) == process.at(np.array([3]), np.array([720.0]))
