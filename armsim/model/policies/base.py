"""Dispatch policies: they rank; the engine decides what is possible.

A policy prices the candidates of one choice. The engine takes the least price, breaks ties by who has been
free longest and then by unit number, logs rank, runner-up and the rule that decided, and asks again
after each pick.

What a policy may read of a unit: ``number``, ``code`` (kind), ``force``, ``base_name``, ``free``, ``leg``
(where it is and where it is going), ``brings``, ``since``. Of an incident: ``drawn.zone``, ``drawn.type``,
``place``, ``rules.grade``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from armsim.config.base import Model
from armsim.config.paths import Path
from armsim.model.policies.candidates import Candidates
from armsim.registry import suggestion

if TYPE_CHECKING:
    from armsim.model.world import World


@dataclass(frozen=True)
class Known:
    """Names that options may refer to.

    Attributes:
        zones: ids of the zones.
        bases: names of all bases.
        types: names of the incident types.
        columns: zone columns of numbers.
    """

    zones: frozenset[str]
    bases: frozenset[str]
    types: frozenset[str]
    columns: frozenset[str]

    def unknown(self, names: Iterable[str], what: str, place: Path) -> Iterator[tuple[Path, str]]:
        """A fault for each name that is not there.

        Args:
            names: as written.
            what: the attribute to look in, such as ``zones``.
            place: path, below the options, of the mapping or list that they stand in.
        """
        known: frozenset[str] = getattr(self, what)
        for name in dict.fromkeys(names):
            if name not in known:
                yield (*place, name), f"unknown {_SINGULAR[what]} {name!r}{suggestion(name, known)}"


_SINGULAR = {"zones": "zone", "bases": "base", "types": "incident type", "columns": "zone column"}


class PolicyOptions(Model):
    """Options that refer to zones, bases or types say here which of them there are not."""

    def faults(self, known: Known) -> Iterator[tuple[Path, str]]:  # noqa: ARG002
        """Path below the options, and what is wrong there; nothing unless a policy says otherwise."""
        yield from ()

    def remarks(self, known: Known) -> Iterator[str]:  # noqa: ARG002
        """What may well be meant and should be seen."""
        yield from ()


class NoOptions(PolicyOptions):
    """The policy has no options of its own."""


class DispatchPolicy(Protocol):
    """What an author of a policy writes; its docstring's first line is what ``armsim list dispatch`` says.

    A policy is made once a replication, as ``Policy(options, world)``, and must not draw random numbers.
    """

    Options: type[Model]
    #: The policy holds units back when their kind is down to its reserve; the queue is then not offered them.
    keeps_reserve: bool
    #: What may decide a choice, as short names; the log holds indices into this tuple.
    RULES: tuple[str, ...]

    def __init__(self, options: Any, world: World) -> None: ...

    def costs(self, incident: Any, candidates: Candidates) -> list[float]:
        """A price for each candidate, in their order; infinity holds one back. Must not change anything."""

    def rule(self, incident: Any, candidates: Candidates, index: int) -> int:
        """Index into ``RULES`` of what decided for the candidate at *index*; asked when the log explains."""
