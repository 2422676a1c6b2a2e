"""Levels drawn as a semi-Markov process, against closed forms."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from armsim.config.schema.threat import ThreatConfig
from armsim.domain import ThreatLevel
from armsim.model.attacks import Raised
from armsim.model.threat import timeline
from armsim.streams import Streams

DAY = 1440.0
FIXED = ({"level": "SUBSTANTIAL"}, {"at": "2 days", "level": "SEVERE"})
LEVELS = {
    "SUBSTANTIAL": {"dwell": {"exponential": "6 days"}, "next": {"SEVERE": 1.0}},
    "SEVERE": {"dwell": {"mean": "8 days", "cv": 0.5}, "next": {"SUBSTANTIAL": 0.75, "CRITICAL": 0.25}},
    "CRITICAL": {"dwell": {"exactly": "2 days"}, "next": {"SEVERE": 1.0}},
}


def scenario(levels=LEVELS, first="begins", line=FIXED, window=20_000.0) -> SimpleNamespace:
    """As much of a scenario as the timeline reads; the window may be longer than a file may say."""
    process = None if levels is None else {"levels": levels, "first": first}
    threat = ThreatConfig.model_validate({"timeline": line, "process": process})
    return SimpleNamespace(threat=threat, window=window * DAY, cool_down=2 * DAY)


def lengths(drawn, level) -> np.ndarray:
    """Lengths of the drawn spells of a level that end before the run does."""
    whole = zip(drawn.levels[1:-1], drawn.starts[1:], drawn.starts[2:], strict=False)
    return np.array([end - start for held, start, end in whole if held == level])


LONG = timeline(scenario(), Streams(1, 0))
SUBSTANTIAL, SEVERE, CRITICAL = ThreatLevel.SUBSTANTIAL, ThreatLevel.SEVERE, ThreatLevel.CRITICAL


def test_without_a_process_or_streams_the_timeline_is_what_is_fixed() -> None:
    for drawn in (
        timeline(scenario(None)),
        timeline(scenario(None), Streams(1, 0)),
        timeline(scenario()),
    ):
        assert (drawn.starts, drawn.levels) == ((0.0, 2 * DAY), (SUBSTANTIAL, SEVERE))


def test_the_process_goes_on_from_the_last_entry() -> None:
    assert LONG.starts[:2] == (0.0, 2 * DAY)
    assert LONG.levels[:2] == (SUBSTANTIAL, SEVERE)
    assert LONG.starts[-1] < 20_002 * DAY
    assert not any(one == other for one, other in zip(LONG.levels, LONG.levels[1:], strict=False))


def test_spells_last_by_their_laws() -> None:
    assert stats.kstest(lengths(LONG, SUBSTANTIAL), stats.expon(scale=6 * DAY).cdf).pvalue > 1e-3
    law = stats.lognorm(s=np.log(1.25) ** 0.5, scale=8 * DAY / 1.25**0.5)
    assert stats.kstest(lengths(LONG, SEVERE), law.cdf).pvalue > 1e-3
    assert np.allclose(lengths(LONG, CRITICAL), 2 * DAY)


def test_what_comes_next_comes_by_its_probability_and_forgets_the_past() -> None:
    levels = np.array(LONG.levels[1:])
    after = levels[1:][levels[:-1] == SEVERE]
    critical = int((after == CRITICAL).sum())
    assert stats.binomtest(critical, after.size, 0.25).pvalue > 1e-3
    pairs = np.array(
        [
            [((after[:-1] == one) & (after[1:] == other)).sum() for other in (SUBSTANTIAL, CRITICAL)]
            for one in (SUBSTANTIAL, CRITICAL)
        ]
    )
    assert stats.chi2_contingency(pairs).pvalue > 1e-3


def test_shares_of_time_are_those_of_the_renewal_theorem() -> None:
    """A cycle is SEVERE (8 days) and then SUBSTANTIAL (6) with 3/4 or CRITICAL (2) with 1/4: 13 days."""
    minutes = dict.fromkeys(ThreatLevel, 0.0)
    for level, start, end in LONG.spells(0.0, 20_000 * DAY):
        minutes[level] += end - start
    expected = {SEVERE: 8 / 13, SUBSTANTIAL: 4.5 / 13, CRITICAL: 0.5 / 13}
    for level, share in expected.items():
        assert minutes[level] / (20_000 * DAY) == pytest.approx(share, rel=0.15), level.name


@pytest.mark.parametrize("law", ["exponential", "lognormal", "exactly"])
def test_what_is_left_of_a_spell_under_way_has_the_equilibrium_law(law) -> None:
    mean, spread = 8 * DAY, np.log(1.25) ** 0.5
    log = stats.lognorm(s=spread, scale=mean / 1.25**0.5)
    longer = stats.lognorm(s=spread, scale=mean / 1.25**0.5 * np.exp(spread**2))
    dwell, cdf = {
        "exponential": ({"exponential": "8 days"}, stats.expon(scale=mean).cdf),
        # (1/m) times the integral of the survival function from 0 to x.
        "lognormal": ({"mean": "8 days", "cv": 0.5}, lambda x: x * log.sf(x) / mean + longer.cdf(x)),
        "exactly": ({"exactly": "8 days"}, stats.uniform(scale=mean).cdf),
    }[law]
    levels = {"SEVERE": {"dwell": dwell, "next": {"CRITICAL": 1.0}}}
    under_way = scenario(levels, "under_way")
    left = [timeline(under_way, Streams(2, k)).starts[2] - 2 * DAY for k in range(1500)]
    assert stats.kstest(left, cdf).pvalue > 1e-3


def test_a_level_without_a_spell_holds_to_the_end() -> None:
    levels = {"SEVERE": {"dwell": {"exactly": "3 days"}, "next": {"CRITICAL": 1.0}}}
    drawn = timeline(scenario(levels), Streams(1, 0))
    assert (drawn.starts, drawn.levels) == ((0.0, 2 * DAY, 5 * DAY), (SUBSTANTIAL, SEVERE, CRITICAL))


def test_a_longer_run_adds_changes_and_moves_none() -> None:
    short = timeline(scenario(window=100.0), Streams(1, 0))
    count = len(short.starts)
    assert short.starts == LONG.starts[:count] and short.levels == LONG.levels[:count]
    assert LONG.starts[count] >= 102 * DAY


def test_replications_differ_and_each_comes_again() -> None:
    one, again, other = (timeline(scenario(window=100.0), Streams(1, k)) for k in (5, 5, 6))
    assert one == again
    assert one.starts != other.starts


def test_another_law_of_one_level_moves_no_draw_of_another() -> None:
    levels = {**LEVELS, "CRITICAL": {"dwell": {"exactly": "4 days"}, "next": {"SEVERE": 1.0}}}
    drawn = timeline(scenario(levels, window=2000.0), Streams(1, 0))
    count = len(drawn.levels)
    assert drawn.levels == LONG.levels[:count]
    mine, theirs = lengths(drawn, SEVERE), lengths(LONG, SEVERE)
    assert np.allclose(mine, theirs[: mine.size])


def test_attacks_raise_levels_that_are_drawn() -> None:
    raised = (Raised(SEVERE, 50 * DAY, 60 * DAY), Raised(CRITICAL, 55 * DAY, 58 * DAY))
    attacks = SimpleNamespace(raised=raised)
    mixed = timeline(scenario(window=100.0), Streams(1, 0), attacks)
    minutes = np.linspace(0.0, 100 * DAY, 5001)
    expected = LONG.levels_at(minutes)
    for one in raised:
        inside = (minutes >= one.start) & (minutes < one.end)
        expected[inside] = np.maximum(expected[inside], one.level)
    assert np.array_equal(mixed.levels_at(minutes), expected)
    assert not np.array_equal(expected, LONG.levels_at(minutes))
