"""Dispatch policies and cover moves: registered, with options that fit, and said once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from pydantic import ValidationError

from armsim import registry
from armsim.config.extension import options_of, read_options
from armsim.config.messages import message
from armsim.config.outline import outline
from armsim.config.paths import Path, show
from armsim.config.schema import Scenario
from armsim.registry import suggestion

Finding = tuple[Path, str, str]


def dispatch_policy_fits(scenario: Scenario) -> Iterator[Finding]:
    """The dispatch policy is registered and takes the options written beside its kind."""
    setting = scenario.dispatch.policy
    yield from _fits(("dispatch", "policy"), setting, "armsim.dispatch", "dispatch policy", "nearest")


def cover_policies_fit(scenario: Scenario) -> Iterator[Finding]:
    """The cover moves of unit kinds likewise."""
    for name, unit in scenario.units.items():
        if unit.cover is not None:
            place = ("units", name, "cover")
            yield from _fits(place, unit.cover, "armsim.cover", "cover move", "return_to_base")


def cover_is_said_once(scenario: Scenario) -> Iterator[Finding]:
    """A unit has one place to wait at."""
    for name, unit in scenario.units.items():
        if unit.cover is None:
            continue
        if unit.patrol is not None:
            both = f"units.{name}.cover and units.{name}.patrol"
            text = f"{both} say the same thing; write one of them"
            yield ("units", name, "cover"), text, "error"
        elif unit.returns == "home_first" and unit.cover.get("kind") not in {"return_to_base", "patrol"}:
            text = f"it goes home first, as units.{name}.returns says; write returns: dispatchable"
            yield ("units", name, "cover"), text, "error"


def reserve_is_kept(scenario: Scenario) -> Iterator[Finding]:
    """A reserve under a policy that keeps none."""
    kind = str(scenario.dispatch.policy.get("kind"))
    if kind not in registry.names("armsim.dispatch") or registry.load("armsim.dispatch", kind).keeps_reserve:
        return
    text = f"not used, as dispatch.policy {kind} keeps no reserve; write nearest_with_reserve"
    if scenario.dispatch.reserve:
        yield ("dispatch", "reserve"), text, "note"
    for level, setting in scenario.threat.levels.items():
        if setting.reserve:
            yield ("threat", "levels", level, "reserve"), text, "note"


def _fits(place: Path, setting: Mapping[str, object], group: str, what: str, such: str) -> Iterator[Finding]:
    known = registry.names(group)
    kind = setting.get("kind")
    if kind is None:
        yield place, f"missing kind; write one such as {{kind: {such}}}", "error"
        return
    if kind not in known:
        yield (*place, "kind"), f"unknown {what} {show(kind)}{suggestion(str(kind), known)}", "error"
        return
    model = registry.load(group, str(kind)).Options
    try:
        read_options(model, setting)
    except ValidationError as error:
        for one in error.errors():
            text = message(one, one["loc"], outline(model), options_of(setting))
            yield (*place, *one["loc"]), text, "error"


POLICY_CHECKS: tuple[Callable[[Scenario], Iterator[Finding]], ...] = (
    dispatch_policy_fits,
    cover_policies_fit,
    cover_is_said_once,
    reserve_is_kept,
)
