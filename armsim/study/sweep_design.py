"""What a sweep varies: assumptions with a range, each set to either end in the runs that rest on it.

An option that sets a value itself does not rest on the assumption about it: its own value stands, as if the
file itself had been written with another assumption. A range that stands in an override is swept in the runs
that the override makes.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from armsim.config.loader import Loaded, load_scenario
from armsim.config.paths import parse_path
from armsim.errors import ScenarioError
from armsim.registry import suggestion

End = Literal["low", "high"]
ENDS: tuple[End, End] = ("low", "high")
#: Settings that say where, how much is run and what is asked: runs that differ in one are no pairs.
_NO_ASSUMPTION = ("region", "study", "sustain", "start", "window", "warm_up", "cool_down")
_LONGEST = 60

Range = tuple[str, str, str]


class NotSwept(NamedTuple):
    """A range that is not swept, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class Factor:
    """An assumption with its range.

    Attributes:
        path: dotted path of the setting.
        low: low end, as written.
        high: high end, as written.
        base: the value of the file, in the first run that rests on it.
        source: where the value comes from, as the file says.
        runs: names of the runs that rest on it.
    """

    path: str
    low: str
    high: str
    base: str
    source: str
    runs: tuple[str, ...]

    def at(self, end: End) -> str:
        """The value at an end, as written."""
        return self.low if end == "low" else self.high


@dataclass(frozen=True)
class Setting:
    """Assumptions that are put to an end of their range together; the others stay as the file says.

    Attributes:
        ends: each assumption with its end.
        number: which joint setting it is, from 1; 0 where one assumption is moved alone.
    """

    ends: tuple[tuple[Factor, End], ...]
    number: int = 0

    @property
    def name(self) -> str:
        """Such as ``travel.circuity = 1.4`` or ``joint setting 3``."""
        if self.number:
            return f"joint setting {self.number}"
        return ", ".join(f"{factor.path} = {factor.at(end)}" for factor, end in self.ends)


@dataclass(frozen=True)
class Ground:
    """The runs that a sweep starts from.

    Attributes:
        runs: by name, as ``load_runs`` gives them.
        last_wins: of two overrides that disagree, the later wins.
    """

    runs: Mapping[str, Loaded]
    last_wins: bool = False

    def changed(self, setting: Setting, names: Collection[str] = ()) -> dict[str, Loaded]:
        """The runs that a setting makes others than they were.

        Args:
            setting: the setting.
            names: runs that are looked at; none is all.

        Raises:
            ScenarioError: the setting makes no scenario of a run.
        """
        found = {}
        for name, loaded in self.runs.items():
            sets = [f"{one.path}={one.at(end)}" for one, end in setting.ends if name in one.runs]
            if not sets or (names and name not in names):
                continue
            composed = loaded.composed
            made = load_scenario(
                composed.file, composed.applied, (*composed.sets, *sets), last_wins=self.last_wins
            )
            if made.digest != loaded.digest:
                found[name] = made
        return found


def factors(
    ground: Ground, wanted: Sequence[str] = (), skipped: Sequence[str] = ()
) -> tuple[list[Factor], list[NotSwept]]:
    """The assumptions of the runs, in the order of the file, and the ranges that cannot be swept.

    Args:
        ground: the runs.
        wanted: paths, or beginnings of paths such as ``travel``; none is all.
        skipped: paths, or beginnings of paths, to be left out.

    Raises:
        ValueError: no range stands at or below a path that is named.
    """
    ranges = _ranges(ground.runs)
    paths = list(dict.fromkeys(path for path, _, _ in ranges))
    for text in (*wanted, *skipped):
        if not any(_within(path, text) for path in paths):
            raise ValueError(f"no source with a range stands at or below {text!r}{suggestion(text, paths)}")
    layers = {name: _layers(loaded) for name, loaded in ground.runs.items()}
    found: list[Factor] = []
    left: list[NotSwept] = []
    for asked, sources in ranges.items():
        if wanted and not any(_within(asked[0], text) for text in wanted):
            continue
        resting = {name: source for name, source in sources.items() if _rests(layers[name], asked[0])}
        if any(_within(asked[0], text) for text in skipped):
            left.append(NotSwept(asked[0], "left out"))
            continue
        made = _factor(ground, asked, resting)
        if isinstance(made, Factor):
            found.append(made)
        else:
            left.append(made)
    return found, left


def one_at_a_time(found: Sequence[Factor]) -> list[Setting]:
    """Each assumption at its low end, then at its high end."""
    return [Setting(((one, end),)) for one in found for end in ENDS]


def _factor(ground: Ground, asked: Range, sources: Mapping[str, str]) -> Factor | NotSwept:
    """An assumption that can be swept, or why it cannot; *sources* are those of the runs that rest on it."""
    path, low, high = asked
    if _parts(path)[0] in _NO_ASSUMPTION:
        return NotSwept(path, "says where, how much is run or what is asked; such runs are no pairs")
    if low == high:
        return NotSwept(path, f"both ends of its range are {low}")
    if not sources:
        return NotSwept(path, "every run sets the value itself, or does not have it")
    first = next(iter(sources))
    base = _at(ground.runs[first].composed.data, _parts(path))
    made = Factor(path, low, high, _written(base), sources[first], tuple(sources))
    for end in ENDS:
        try:
            ground.changed(Setting(((made, end),)), (first,))
        except ScenarioError as error:
            said = f"its {end} end, {made.at(end)!r}, makes no scenario: {error.problems[0].message}"
            return NotSwept(path, said)
    return made


def _ranges(runs: Mapping[str, Loaded]) -> dict[Range, dict[str, str]]:
    """Path, low and high as written; by run, the source. Two ranges of one path are two assumptions."""
    found: dict[Range, dict[str, str]] = {}
    for name, loaded in runs.items():
        entries: dict[str, dict[str, Any]] = loaded.composed.data.get("sources") or {}
        for path, entry in entries.items():
            low, high = entry.get("low"), entry.get("high")
            if low is not None and high is not None:
                found.setdefault((path, str(low), str(high)), {})[name] = str(entry["source"])
    return found


def _layers(loaded: Loaded) -> dict[tuple[str, ...], set[str]]:
    """By path, what set the value there and each value below it."""
    found: dict[tuple[str, ...], set[str]] = {}
    for path, origin in loaded.composed.origins.items():
        parts = tuple(map(str, path))
        for end in range(1, len(parts) + 1):
            found.setdefault(parts[:end], set()).add(origin.layer)
    return found


def _rests(layers: Mapping[tuple[str, ...], set[str]], path: str) -> bool:
    """Whether the value of a run is the one that its source speaks of, and no other override's."""
    setters, speakers = layers.get(_parts(path), set()), layers[("sources", path)]
    return bool(setters) and not any(one.startswith("override ") for one in setters - speakers)


def _parts(path: str) -> tuple[str, ...]:
    return tuple(str(part) for part in parse_path(path) or (path,))


def _within(path: str, text: str) -> bool:
    start = _parts(text)
    return _parts(path)[: len(start)] == start


def _at(data: Any, parts: tuple[str, ...]) -> Any:
    for part in parts:
        data = data[int(part)] if isinstance(data, list) else data[part]
    return data


def _written(value: Any) -> str:
    """A value on one line, much as it is written."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False).replace('"', "")
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
