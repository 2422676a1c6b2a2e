"""What a study runs: options, replications, seed; and what makes two runs the same run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from armsim import registry
from armsim.config.compose import digest
from armsim.config.loader import Loaded
from armsim.config.markup import heading, table
from armsim.config.schema.scenario import StudyConfig
from armsim.domain import Record
from armsim.streams import stable_code

#: Replications of one option in one unit of work; the same whatever the number of jobs.
CHUNK = 5


def armsim_version() -> str:
    """Version of the installed package; ``0`` when it is used without being installed."""
    try:
        return version("armsim")
    except PackageNotFoundError:
        return "0"


def declared(study: StudyConfig) -> dict[str, Any]:
    """What a scenario says of how its options are judged: primary figures and margins, as plain values."""
    return {"primary": list(study.primary), "margins": dict(study.margins)}


def option_name(loaded: Loaded) -> str:
    """Name of a scenario file with its overrides, such as ``critical+no_backfill``.

    Overrides stand in order of name and not as typed: those that may be given in either order make one
    option, and one run folder. Where their order matters, the digests of the settings differ.
    """
    return "+".join([loaded.stem, *sorted(loaded.composed.applied)])


@dataclass(frozen=True)
class Study:
    """Options to run on the same incidents.

    Attributes:
        options: name of each option: its scenario.
        replications: independent repetitions; left out, what the first scenario says.
        seed: seed of every random stream; left out, what the first scenario says.
        record: how much of each log is kept; left out, what the first scenario says.
        independent: options run on incidents of their own, to measure what running on the same ones gains.

    Raises:
        ValueError: no option, no replication, a negative seed or an empty name.
    """

    options: Mapping[str, Loaded]
    replications: int = 0
    seed: int = -1
    record: Record | None = field(default=None)
    independent: bool = False

    def __post_init__(self) -> None:
        if not self.options or not all(name.strip() for name in self.options):
            raise ValueError("a study needs at least one option, each with a name")
        if self.replications < 0 or self.seed < -1:
            raise ValueError(
                f"replications and seed must be 0 or more, got {self.replications} and {self.seed}"
            )
        told = next(iter(self.options.values())).scenario.study
        object.__setattr__(self, "options", dict(self.options))
        object.__setattr__(self, "replications", self.replications or told.replications)
        object.__setattr__(self, "seed", told.seed if self.seed == -1 else self.seed)
        object.__setattr__(self, "record", Record(self.record or told.record))

    @property
    def digest(self) -> str:
        """SHA-256 of all that the results depend on.

        Not of the number of replications, so that asking for more continues a run.
        """
        return digest(
            {
                "options": {name: loaded.digest for name, loaded in self.options.items()},
                "version": armsim_version(),
                "seed": str(self.seed),
                "record": str(self.record),
            }
            | ({"independent": True} if self.independent else {})
        )

    def _repr_html_(self) -> str:
        rows = [
            (name, loaded.composed.file, ", ".join((*loaded.composed.applied, *loaded.composed.sets)) or "–")
            for name, loaded in self.options.items()
        ]
        which = "incidents of its own" if self.independent else "the same incidents"
        told = f"{self.replications} replications of each option on {which}, seed {self.seed}"
        return heading(f"Study {self.run_id}") + table(told, ("Option", "File", "Changed"), rows)

    @property
    def in_this_process(self) -> tuple[str, ...]:
        """Policies and cover moves of the options that are registered for this process only, by name."""
        used = {
            (group, str(setting["kind"]))
            for loaded in self.options.values()
            for group, setting in (
                ("armsim.dispatch", loaded.scenario.dispatch.policy),
                *(("armsim.cover", kind.cover) for kind in loaded.scenario.units.values()),
            )
            if setting is not None
        }
        return tuple(sorted(name for group, name in used if registry.in_this_process(group, name)))

    def seed_of(self, option: str) -> int:
        """Seed of an option's random streams: the study's, but of independent options all but the first's."""
        if not self.independent or option == next(iter(self.options)):
            return self.seed
        return stable_code("independent", str(self.seed), option)

    @property
    def run_id(self) -> str:
        """Name of the run folder: scenario file and the first eight digits of the digest."""
        first = next(iter(self.options.values()))
        return f"{first.stem}-{self.digest[:8]}"


def chunks(replications: int, done: Iterable[int]) -> list[range]:
    """Runs of replications still to do, none across a boundary of ``CHUNK``.

    Args:
        replications: how many there shall be.
        done: indices that exist.
    """
    have = set(done)
    todo = [index for index in range(replications) if index not in have]
    spans: list[range] = []
    for index in todo:
        if spans and spans[-1].stop == index and index % CHUNK:
            spans[-1] = range(spans[-1].start, index + 1)
        else:
            spans.append(range(index, index + 1))
    return spans
