"""How long the rest takes: call handling, turn-out, scene, work elsewhere; by type where there is enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from armsim.analysis.fitting.blocks import Ints, ratio, tally
from armsim.analysis.fitting.laws import LEAST, LawFit, at_share, fit_law, scaled
from armsim.analysis.fitting.survival import Durations
from armsim.analysis.intervals import Estimate
from armsim.config.schema.laws import TimeLaw
from armsim.study.calibrate.ground import Ground, Part
from armsim.study.calibrate.record import Check, Fitted, Line, Section, Value
from armsim.study.calibrate.words import end, figures, told

_FORMS = ("median", "p90", "mean", "cv", "exponential", "exactly", "quantiles")
_ALL = "all"
#: Durations of a part for a type.
Reader = Callable[[Part, str], Durations]
#: Work elsewhere shorter than this is the time of pressing two buttons.
_ELSEWHERE = 1.0


@dataclass(eq=False)
class Times:
    """Laws fitted, by what and by type or kind (``all`` for all together)."""

    laws: dict[tuple[str, str], LawFit] = field(default_factory=dict)


def fit_times(ground: Ground) -> tuple[Fitted, Times]:
    """Fit every duration that the log tells."""
    made, lines, values, checks = Times(), [], [], []
    missing: list[str] = []
    notes: list[str] = []
    for what in (_turn_out, _travel, _call_handling, _scene, _elsewhere):
        part = what(ground, made)
        lines += part.lines
        values += part.values
        checks += part.checks
        missing += part.missing
        notes += part.notes
    section = Section(
        "times", "Times", tuple(lines), tuple(checks), tuple(missing), tuple(dict.fromkeys(notes))
    )
    return (section, values), made


@dataclass(eq=False)
class _Found:
    lines: list[Line] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def law(self, ground: Ground, made: Times, what: str, whose: str, part: Durations) -> LawFit | None:
        """Fit one law and tell of it."""
        settings = ground.settings
        fit = fit_law(part, ground.train.weights, ground.stream("law", what, whose), settings.level)
        if fit is None:
            return None
        made.laws[what, whose] = fit
        label = what if whose == _ALL else f"{what}, {whose}"
        mean, median, ninth = fit.observed
        self.lines += [
            Line(f"{label}: mean", mean, "min", _left_out(part)),
            Line(f"{label}: median", median, "min", fit.verdict),
            Line(f"{label}: P90", ninth, "min"),
        ]
        return fit

    def foreseen(self, ground: Ground, fit: LawFit, label: str, seen: Durations) -> None:
        """Compare a law with the test period."""
        if ground.test is None or seen.ended.sum() < LEAST:
            return
        _, *observed = seen.estimates((0.5, 0.9), ground.test.weights, ground.settings.level)
        for share, now, before in zip((0.5, 0.9), observed, fit.observed[1:], strict=True):
            value = at_share(fit.law, share)
            predicted = Estimate(value, value + before.low - before.value, value + before.high - before.value,
                                 before.replications, before.count)  # fmt: skip
            self.checks.append(Check(f"{label}: P{share * 100:.0f}", predicted, now, "min"))


def law_values(path: tuple[str, ...], law: TimeLaw, mean: Estimate, method: str) -> Iterator[Value]:
    """A law of the fragment: every form but the one it has is taken out, so that it can be laid over another.

    Args:
        path: where it stands.
        law: the law.
        mean: its mean with limits: the ends of its range have its scale moved by as much.
        method: how it was fitted.
    """
    ends: list[dict[str, Any]] = []
    for limit in (mean.low, mean.high):
        known = np.isfinite(limit) and mean.value > 0
        ends.append(_plain(scaled(law, limit / mean.value)) if known else {})
    own = _plain(law)
    said = f"mean {told(mean, 'min')}; {method}"
    for name in _FORMS:
        low, high = (one.get(name) if name != "cv" else None for one in ends)
        if name == "quantiles":
            low, high = (None if one is None else _flow(one) for one in (low, high))
        yield Value((*path, name), own.get(name), said if name in own else "", low, high)
        said = said if name not in own else "of the same law"


def _plain(law: TimeLaw) -> dict[str, Any]:
    """A law as plain data, in seconds."""
    given = law.model_dump(exclude_none=True)
    plain: dict[str, Any] = {}
    for name, value in given.items():
        if name == "quantiles":
            plain[name] = [[figures(share), _seconds(at)] for share, at in value]
        else:
            plain[name] = figures(value) if name == "cv" else _seconds(value)
    return plain


def _seconds(minutes: float) -> str:
    return f"{figures(minutes * 60)} s"


def _flow(table: object) -> str:
    """A table of quantiles on one line, as ``--set`` reads it."""
    rows = table if isinstance(table, list) else []
    return "[" + ", ".join(f"[{share}, {at}]" for share, at in rows) + "]"


def _left_out(part: Durations) -> str:
    said = [f"{part.ended.sum():,} ended"]
    if (~part.ended).any():
        said.append(f"{(~part.ended).sum():,} cut off before the end (Kaplan-Meier)")
    if part.negative:
        said.append(f"{part.negative:,} below 0 left out")
    if part.zero:
        said.append(f"{part.zero:,} of 0 taken as half a step of the clock")
    return ", ".join(said)


def _known(ground: Ground, *clocks: str) -> bool:
    return all(ground.train.units[clock].notna().any() for clock in clocks)


def _turn_out(ground: Ground, made: Times) -> _Found:
    found = _Found()
    if not _known(ground, "turnout"):
        found.missing.append("turn-out alone: the log has no stamp of a unit moving off")
        return found
    fit = found.law(ground, made, "turn-out", _ALL, _turn_outs(ground.train, None))
    if fit is None:
        found.missing.append(f"turn-out: fewer than {LEAST} of them")
        return found
    if ground.test is not None:
        found.foreseen(ground, fit, "turn-out", _turn_outs(ground.test, None))
    for place in ("on_patrol", "at_base"):
        found.values += law_values(("dispatch", "mobilisation", place), fit.law, fit.observed[0], fit.verdict)
    found.notes.append(
        "the log does not tell units on patrol from units at base: both have the one turn-out, which a "
        "scenario "
        "has for all unit kinds"
    )
    for kind in sorted(ground.train.units["kind"].unique()):
        part = _turn_outs(ground.train, kind)
        if kind and ground.train.units["kind"].nunique() > 1:
            found.law(ground, made, "turn-out", kind, part)
    return found


def _turn_outs(part: Part, kind: str | None) -> Durations:
    """Turn-outs; a unit called off before it moved off had lasted as long as it was busy."""
    units = part.units if kind is None else part.units[part.units["kind"] == kind]
    never = units["turnout"].isna() & units["attendance"].isna() & units["travel"].isna()
    off = units[never]
    return Durations.of(
        units["turnout"].to_numpy(), units["day"].to_numpy(), off["busy"].to_numpy(), off["day"].to_numpy()
    )


def _travel(ground: Ground, made: Times) -> _Found:
    """Travel as a distribution: told, not written, since a scenario has a law of distance."""
    found = _Found()
    if not _known(ground, "travel"):
        return found
    fit = found.law(ground, made, "travel", _ALL, _trips(ground.train))
    if fit is not None and ground.test is not None:
        found.foreseen(ground, fit, "travel", _trips(ground.test))
    found.notes.append(
        "travel as a distribution is told here and not written: a scenario has a law of distance"
    )
    return found


def _trips(part: Part) -> Durations:
    """Trips; a unit called off on the way had been under way since it moved off."""
    units = part.units
    off = units[units["travel"].isna() & units["attendance"].isna() & units["turnout"].notna()]
    lasted = (off["busy"] - off["turnout"]).to_numpy()
    return Durations.of(units["travel"].to_numpy(), units["day"].to_numpy(), lasted, off["day"].to_numpy())


def _call_handling(ground: Ground, made: Times) -> _Found:
    found = _Found()
    if not _known(ground, "to_dispatch"):
        found.missing.append("call handling: the log has no dispatch stamp, or none of the call")
        return found
    found.notes.append("call handling is received to first dispatch: waiting for a free unit is in it")
    return _by_type(ground, made, found, "call handling", "call_handling", _handled)


def _handled(part: Part, name: str) -> Durations:
    units = part.units if name == _ALL else part.units_of_type(name)
    first = (
        units.dropna(subset=["to_dispatch"])
        .groupby("at", sort=True)
        .agg({"to_dispatch": "min", "day": "first"})
    )
    return Durations.of(first["to_dispatch"].to_numpy(), first["day"].to_numpy())


def _scene(ground: Ground, made: Times) -> _Found:
    found = _Found()
    if not _known(ground, "scene"):
        found.missing.append("work on the scene: the log has no stamp of leaving it")
        return found
    found.notes.append("work on the scene is the first unit's, from its arrival until it is clear")
    _by_type(ground, made, found, "scene", "on_scene", _scenes)
    for name in ground.types:
        share = _later(ground, name)
        if share is not None:
            said = "of the first unit's remaining work"
            found.lines.append(Line(f"{name}: later units stay for", share, "share", said))
            path = ("demand", "types", name, "later_units_stay")
            found.values.append(
                Value(
                    path,
                    figures(share.value),
                    f"{told(share, 'share')}; {said}",
                    end(share.low),
                    end(share.high),
                )
            )
    return found


def _scenes(part: Part, name: str) -> Durations:
    units = part.units if name == _ALL else part.units_of_type(name)
    first = units[units["ordinal"] == 1]
    return Durations.of(first["scene"].to_numpy(), first["day"].to_numpy())


def _later(ground: Ground, name: str) -> Estimate | None:
    """Time on the scene of later units over what was left of the first one's work when each came."""
    units = ground.train.units_of_type(name)
    came = (units["to_dispatch"].fillna(0.0) + units["attendance"]).to_numpy()
    stayed, at = units["scene"].to_numpy(), units["at"].to_numpy()
    first = (units["ordinal"] == 1).to_numpy()
    done = pd.Series((came + stayed)[first], index=at[first])
    left = done.reindex(at).to_numpy() - came
    used = ~first & np.isfinite(left) & np.isfinite(stayed) & (left > 0) & (stayed >= 0)
    if used.sum() < LEAST:
        return None
    day, days = units["day"].to_numpy()[used], ground.train.days
    above = tally(day, days, np.minimum(stayed, left)[used])
    below = tally(day, days, left[used])
    share = ratio(above, below, ground.train.weights, ground.settings.level)
    return replace(share, count=float(used.sum()))


def _elsewhere(ground: Ground, made: Times) -> _Found:
    found = _Found()
    if not _known(ground, "scene", "busy", "attendance"):
        found.missing.append(
            "work elsewhere after the scene: needs stamps of arrival, of leaving and of being free"
        )
        return found
    for name in ground.types:
        minutes, day = _after(ground.train, name)
        sent = minutes > _ELSEWHERE
        if len(minutes) < LEAST or sent.sum() < LEAST:
            found.missing.append(f"work elsewhere after {name}: {int(sent.sum())} first units had any")
            continue
        days = ground.train.days
        share = ratio(
            tally(day[sent], days),
            tally(day, days), ground.train.weights, ground.settings.level,
        )  # fmt: skip
        fit = found.law(ground, made, "work elsewhere", name, Durations.of(minutes[sent], day[sent]))
        if fit is None:
            continue
        said = "of first units work elsewhere afterwards"
        found.lines.append(Line(f"{name}: share with work elsewhere", share, "share", said))
        path = ("demand", "types", name, "follow_on")
        found.values.append(
            Value(
                (*path, "share"), figures(share.value), told(share, "share"), end(share.low), end(share.high)
            )
        )
        found.values += law_values((*path, "duration"), fit.law, fit.observed[0], fit.verdict)
    return found


def _after(part: Part, name: str) -> tuple[np.ndarray, Ints]:
    """Minutes of first units from leaving the scene until free."""
    units = part.units_of_type(name)
    first = units[units["ordinal"] == 1]
    minutes = (first["busy"] - first["attendance"] - first["scene"]).to_numpy()
    known = np.isfinite(minutes)
    return minutes[known], first["day"].to_numpy()[known]


def _by_type(ground: Ground, made: Times, found: _Found, what: str, key: str, read: Reader) -> _Found:
    """A law for each type that has enough, for the others that of all types together."""
    together: LawFit | None = None
    for name in ground.types:
        part = read(ground.train, name)
        fit = found.law(ground, made, what, name, part)
        whose = ""
        if fit is not None and ground.test is not None:
            found.foreseen(ground, fit, f"{what}, {name}", read(ground.test, name))
        if fit is None:
            together = together or found.law(ground, made, what, _ALL, read(ground.train, _ALL))
            fit, whose = together, "; of all types together"
            found.missing.append(f"{what} of {name} alone: fewer than {LEAST} of them{whose if fit else ''}")
        if fit is not None:
            method = f"{fit.verdict}{whose}"
            found.values += law_values(("demand", "types", name, key), fit.law, fit.observed[0], method)
    return found
