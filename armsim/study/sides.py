"""Who is compared with whom: options of one run folder or several, and why some cannot be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from armsim.analysis.option import OptionData
from armsim.config.compose import ABSENT, compose, diff
from armsim.config.options import parts_of, run_name
from armsim.config.paths import show
from armsim.errors import RunFolderError
from armsim.registry import suggestion
from armsim.study.files import file_name
from armsim.study.results import Results

#: Settings that make no other scenario, or none for the engine.
NOT_LISTED = ("title", "description", "sources", "study.replications", "study.seed", "study.record",
              "study.primary", "study.margins")  # fmt: skip
_HORIZON = ("start", "window", "warm_up")


@dataclass(frozen=True, eq=False)
class Side:
    """One option of a run folder.

    Attributes:
        name: unique among those compared.
        head: its name without the condition.
        condition: the condition; empty without one.
        data: what was measured.
        seed: seed of its streams.
        independent: whether its study ran each option on a seed of its own.
        folder: the run folder.
        run_id: what the folder is called.
        own: its name in the folder.
        declared: primary figures and margins as they stood when its first replication ran; ``None`` where the
            folder does not say.
    """

    name: str
    head: str
    condition: str
    data: OptionData
    seed: int
    independent: bool
    folder: Path
    run_id: str
    own: str
    declared: dict[str, Any] | None = None

    @property
    def replications(self) -> tuple[int, ...]:
        """Indices of the replications that finished."""
        return tuple(int(index) for index in self.data.totals.index)


@dataclass(frozen=True, eq=False)
class Pair:
    """A baseline and an option.

    Attributes:
        baseline: the baseline.
        option: what is compared with it.
        paired: whether their replications are pairs.
    """

    baseline: Side
    option: Side
    paired: bool

    @property
    def sides(self) -> tuple[Side, Side]:
        """Baseline and option."""
        return self.baseline, self.option

    @property
    def common(self) -> tuple[int, ...]:
        """Indices of the replications that both have."""
        have = set(self.option.replications)
        return tuple(index for index in self.baseline.replications if index in have)


def sides_of(results: Sequence[Results]) -> list[Side]:
    """All options of the run folders, in order; one name in two folders gets the folder's name.

    A folder that is named twice counts once; of a run and a copy of it the names are the folders' paths.
    """
    each = list({one.folder.resolve(): one for one in results}.values())
    names = [name for one in each for name in one.options]
    ids = [one.run_id for one in each]
    found = []
    for one in each:
        called = one.run_id if ids.count(one.run_id) == 1 else str(one.folder)
        for name, data in one.data.items():
            head, condition = parts_of(name)
            mark = f" ({called})" if names.count(name) > 1 else ""
            full = run_name(head + mark, condition)
            seed, alone = int(one.manifest["seed"]), bool(one.manifest.get("independent", False))
            said = one.manifest.get("declared", {}).get(name)
            found.append(
                Side(full, head + mark, condition, data, seed, alone, one.folder, one.run_id, name, said)
            )
    return found


def pairs_of(sides: Sequence[Side], baseline: str | None, independent: bool) -> list[Pair]:
    """Each option with the baseline of its condition, in order.

    Args:
        sides: all options.
        baseline: name of one, with or without condition; the first when left out.
        independent: compare without pairs.

    Raises:
        ValueError: no option of that name, or nothing to compare with it.
        RunFolderError: two cannot be compared.
    """
    head = _head(sides, baseline)
    first = {side.condition: side for side in sides if side.head == head}
    pairs = [
        Pair(base, side, not (independent or side.independent or base.independent))
        for side in sides
        if side.head != head and (base := first.get(side.condition)) is not None
    ]
    if not pairs:
        names = ", ".join(side.name for side in sides)
        raise ValueError(f"nothing to compare with {head!r}: there is only {names}")
    reasons = [reason for pair in pairs for reason in _refusals(pair, independent)]
    if reasons:
        raise RunFolderError("\n".join(dict.fromkeys(reasons)))
    return pairs


def settings_that_differ(pair: Pair) -> list[tuple[str, str, str]]:
    """Path, value of the baseline, value of the option; titles, sources and numbers of replications apart."""
    left, right = (
        compose(side.folder / "options" / f"{file_name(side.own)}.yaml").data for side in pair.sides
    )
    return [
        (one.path, _shown(one.left), _shown(one.right))
        for one in diff(left, right)
        if not any(one.path == name or one.path.startswith(f"{name}.") for name in NOT_LISTED)
    ]


def _head(sides: Sequence[Side], baseline: str | None) -> str:
    if baseline is None:
        return sides[0].head
    for side in sides:
        if baseline in (side.head, side.name, side.own):
            return side.head
    known = {side.head for side in sides}
    raise ValueError(f"no option is called {baseline!r}{suggestion(baseline, known)}")


def _refusals(pair: Pair, independent: bool) -> Iterator[str]:
    """Why the two cannot be compared."""
    names = f"{pair.option.name} cannot be compared with {pair.baseline.name}"
    ours, theirs = (side.data for side in pair.sides)
    if not ours.zones.equals(theirs.zones):
        yield f"{names}: another geography (its {len(theirs.zones)} zones are not the same {len(ours.zones)})"
        return
    for setting in _HORIZON:
        left, right = (getattr(data.scenario, setting) for data in (ours, theirs))
        if left != right:
            yield f"{names}: another {setting.replace('_', '-')} ({right} and not {left})"
    if pair.option.seed != pair.baseline.seed and not independent:
        yield (
            f"{names}: another seed ({pair.option.seed} and not {pair.baseline.seed}), so replications are "
            "no pairs; --independent compares them without"
        )
    elif pair.paired and not pair.common:
        yield f"{names}: they have no replication in common"


def _shown(value: object) -> str:
    return "absent" if value is ABSENT else show(value)
