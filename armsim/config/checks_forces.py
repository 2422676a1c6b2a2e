"""Checks of what forces are to each other that need no geography; names are looked at with the zones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from armsim.config.checks_names import known_name
from armsim.config.paths import Path
from armsim.config.schema import Scenario
from armsim.config.schema.forces import Bloc, members

Finding = tuple[Path, str, str]


def lent_kinds_exist(scenario: Scenario) -> Iterator[Finding]:
    """Unit kinds that are lent."""
    for index, kind in enumerate(scenario.aid.mutual.kinds):
        yield from known_name(("aid", "mutual", "kinds", index), kind, scenario.units, "unit kind", "units")


def mutual_aid_is_given(scenario: Scenario) -> Iterator[Finding]:
    """Terms of mutual aid where there is none."""
    if "mutual" in scenario.aid.model_fields_set and scenario.aid.default != "mutual_aid":
        text = f"not used, as aid.default is {scenario.aid.default}; write default: mutual_aid"
        yield ("aid", "mutual"), text, "note"


def something_is_shared(scenario: Scenario) -> Iterator[Finding]:
    """Joint desks and alliances of one: perhaps a name is misspelt."""
    for name, bloc in scenario.aid.blocs.items():
        if isinstance(bloc, Bloc) and bloc.desk == "joint" and len(members(bloc)) == 1:
            yield ("aid", "blocs", name, "desk"), "a joint desk of one force is its own", "note"
    for key in ("alliance", "region"):
        named = Counter(getattr(force, key) for force in scenario.forces.values())
        for name, force in scenario.forces.items():
            group = getattr(force, key)
            if group is not None and named[group] == 1:
                text = f"no other force is in {key} {group}; is a name misspelt?"
                yield ("forces", name, key), text, "note"


FORCE_CHECKS: tuple[Callable[[Scenario], Iterator[Finding]], ...] = (
    lent_kinds_exist,
    mutual_aid_is_given,
    something_is_shared,
)
