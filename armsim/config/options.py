"""Options that a scenario file compares and the conditions it crosses them with: named lists of overrides.

``options: {more ARVs: [more_arvs], ...}`` and ``conditions: {CRITICAL held: [critical_held], ...}``. Both are
inherited like overrides, name by name; an entry that is left empty takes out the inherited one. A run of one
option under one condition is called ``more ARVs @ CRITICAL held``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from armsim.config.overrides import Override, contradictions
from armsim.config.paths import Path, show
from armsim.config.tree import Node, Origin, plain
from armsim.errors import Problem
from armsim.registry import suggestion

#: Stands between option and condition in the name of a run of both.
SEPARATOR = " @ "
_MOST_NAMES = 64
_LONGEST = 60
#: What one file system or another refuses in a name, and what parts a name from a condition's.
_FORBIDDEN = '/\\:*?"<>|@'


@dataclass(frozen=True, slots=True)
class Named:
    """An option or a condition.

    Attributes:
        overrides: names of the overrides that make it, in order.
        origin: where it is written.
    """

    overrides: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Choices:
    """What a scenario file compares; each in order of the file.

    Attributes:
        options: options by name; the first is the baseline.
        conditions: conditions by name, under each of which every option is run.
    """

    options: Mapping[str, Named] = field(default_factory=dict)
    conditions: Mapping[str, Named] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.options or self.conditions)


def choices(
    options: Node | None,
    conditions: Node | None,
    defined: Mapping[str, Override],
    last_wins: bool,
    problems: list[Problem],
) -> Choices:
    """What is written under ``options:`` and ``conditions:``; faults are added to *problems*.

    Args:
        options: the node under ``options``.
        conditions: the node under ``conditions``.
        defined: the overrides that the lists may name.
        last_wins: of two overrides that disagree, the later is meant to win.
        problems: faults are added here.
    """
    found = Choices(
        _lists("options", options, defined, problems), _lists("conditions", conditions, defined, problems)
    )
    if not last_wins:
        problems += _disagreements(found, defined)
    return found


def run_name(option: str, condition: str = "") -> str:
    """What a run of *option* under *condition* is called."""
    return f"{option}{SEPARATOR}{condition}" if condition else option


def parts_of(name: str) -> tuple[str, str]:
    """Option and condition of a run's name; no condition is empty."""
    option, _, condition = name.partition(SEPARATOR)
    return option, condition


def by_condition(names: Iterable[str]) -> dict[str, list[str]]:
    """Names of runs by condition, in order; the first of each is what the others are held against."""
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(parts_of(name)[1], []).append(name)
    return found


def runs(
    found: Choices, alone: str, options: Collection[str] = (), conditions: Collection[str] = ()
) -> dict[str, tuple[str, ...]]:
    """The overrides of every run, by name: every option under the first condition, then under the next.

    A condition's overrides come before an option's, which wins where ``last_wins`` lets two disagree.

    Args:
        found: what the file compares.
        alone: what a scenario without options is called.
        options: names of those wanted; none is all.
        conditions: names of those wanted; none is all.
    """
    mine = {name: one.overrides for name, one in found.options.items() if not options or name in options}
    under = {name: one.overrides for name, one in found.conditions.items() if name in (conditions or (name,))}
    return {
        run_name(option, condition): tuple(dict.fromkeys((*setting, *change)))
        for (condition, setting), (option, change) in product(
            (under or {"": ()}).items(), (mine or {alone: ()}).items()
        )
    }


def unknown(
    found: Choices, options: Collection[str], conditions: Collection[str]
) -> Iterator[tuple[str, str]]:
    """What was typed and why it cannot be run, for each option and condition that the file has not."""
    for word, names, known in (
        ("option", options, found.options),
        ("condition", conditions, found.conditions),
    ):
        for name in names:
            if name not in known:
                hint = suggestion(name, known) if known else f"; the scenario defines no {word}s"
                yield f"--{word} {name}", f"no {word} has this name{hint}"


def _lists(
    key: str, node: Node | None, defined: Mapping[str, Override], problems: list[Problem]
) -> dict[str, Named]:
    if node is None or node.value is None:
        return {}
    if not isinstance(node.value, dict):
        message = f"must be a mapping of names to lists of overrides, got {show(plain(node))}"
        problems.append(node.origin.problem((key,), message))
        return {}
    entries = {name: entry for name, entry in node.value.items() if entry.value is not None}
    if len(entries) > _MOST_NAMES:
        problems.append(node.origin.problem((key,), f"names {len(entries)}; at most {_MOST_NAMES} may stand"))
        return {}
    found: dict[str, Named] = {}
    for name, entry in entries.items():
        fault = _bad_name(name, found)
        if fault:
            problems.append(entry.origin.problem((key, name), fault, at_key=True))
        named = _names(key, name, entry, defined, problems)
        if named is None:
            continue
        twin = next((other for other, one in found.items() if set(one.overrides) == set(named)), None)
        if twin is not None:
            message = f"has the same overrides as {show(twin)}; the two would be one run under two names"
            problems.append(entry.origin.problem((key, name), message))
        found[name] = Named(named, entry.origin)
    return found


def _bad_name(name: str, taken: Collection[str]) -> str | None:
    """What is wrong with a name that becomes part of file and folder names."""
    if not name.strip() or len(name) > _LONGEST:
        return f"a name has 1 to {_LONGEST} characters"
    bad = sorted({char for char in name if char in _FORBIDDEN or not char.isprintable()})
    if bad:
        return f"a name cannot hold {' '.join(show(char) for char in bad)}, as folders are named by it"
    if name != name.strip() or name.endswith("."):
        return "a name cannot begin or end with a space, nor end with a full stop"
    twin = next((other for other in taken if other.casefold() == name.casefold()), None)
    return (
        f"differs from {show(twin)} only in capitals; some systems cannot tell them apart" if twin else None
    )


def _names(
    key: str, name: str, entry: Node, defined: Mapping[str, Override], problems: list[Problem]
) -> tuple[str, ...] | None:
    """The overrides that an entry lists; ``None``, with the problems noted, where one cannot be meant."""
    if not isinstance(entry.value, list):
        message = f"must be a list of overrides ([] changes nothing), got {show(plain(entry))}"
        problems.append(entry.origin.problem((key, name), message))
        return None
    before = len(problems)
    seen: list[str] = []
    for index, item in enumerate(entry.value):
        fault = _bad_item(item.value, seen, defined)
        if fault:
            problems.append(item.origin.problem((key, name, index), fault))
        else:
            seen.append(item.value)
    return tuple(seen) if len(problems) == before else None


def _bad_item(value: object, seen: Collection[str], defined: Mapping[str, Override]) -> str | None:
    if not isinstance(value, str):
        shown = show(value) if not isinstance(value, (dict, list)) else "a list or mapping"
        return f"must be the name of an override, got {shown}"
    if value not in defined:
        hint = suggestion(value, defined) if defined else "; the scenario defines none"
        return f"no override is called {show(value)}{hint}"
    return f"{show(value)} is listed twice" if value in seen else None


def _disagreements(found: Choices, defined: Mapping[str, Override]) -> Iterator[Problem]:
    """Where overrides of one list, or of an option and a condition, set one path to different values."""
    told: set[tuple[Path, frozenset[str]]] = set()
    for key, lists in (("conditions", found.conditions), ("options", found.options)):
        for name, one in lists.items():
            at: Path = (key, name)
            for pair in _pairs(one.overrides):
                yield from _disagree(at, one.origin, pair, "", defined, told)
    for (condition, under), (option, mine) in product(found.conditions.items(), found.options.items()):
        for pair in product(under.overrides, mine.overrides):
            words = f", under condition {show(condition)}"
            yield from _disagree(("options", option), mine.origin, pair, words, defined, told)


def _pairs(names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for later, name in enumerate(names):
        for earlier in names[:later]:
            yield earlier, name


def _disagree(
    at: Path,
    origin: Origin,
    pair: tuple[str, str],
    under: str,
    defined: Mapping[str, Override],
    told: set[tuple[Path, frozenset[str]]],
) -> Iterator[Problem]:
    if pair[0] == pair[1] or (at, frozenset(pair)) in told:
        return
    for one in contradictions([defined[name] for name in pair]):
        told.add((at, frozenset(pair)))
        yield origin.problem(at, f"contradicts itself{under}, at {one.path}: {one.message}")
