"""Checks on attacks, on levels that are drawn, and on incidents that escalate."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from armsim.config.checks_names import known_name
from armsim.config.paths import Path
from armsim.config.schema import Scenario
from armsim.config.schema.attacks import Attack
from armsim.config.schema.demand import Escalation

MAX_CALLS = 1_000_000
_MINUTES_PER_YEAR = 365.25 * 1440
_SHORTEST_DWELL = 60.0

Finding = tuple[Path, str, str]
Check = Callable[[Scenario], Iterator[Finding]]


def attack_names_exist(scenario: Scenario) -> Iterator[Finding]:
    """Incident types and sites that attacks name, and the attack that the study is given."""
    for name, attack in scenario.attacks.items():
        at: Path = ("attacks", name)
        types: list[tuple[Path, str]] = [((*at, "incident"), attack.incident)]
        types += [((*at, "calls", kind), kind) for kind in attack.calls]
        for place, kind in types:
            yield from known_name(place, kind, scenario.demand.types, "incident type", "demand.types")
        for index, site in enumerate(attack.where if isinstance(attack.where, tuple) else ()):
            yield from known_name((*at, "where", index), site, scenario.sites, "site", "sites")
    given = scenario.study.given
    if given is not None:
        place = ("study", "given", "attack")
        yield from known_name(place, given.attack, scenario.attacks, "attack", "attacks")


def attack_shares_sum(scenario: Scenario) -> Iterator[Finding]:
    """Probabilities of numbers, and of the next level, make 1."""
    for place, shares in _shares(scenario):
        if abs(sum(shares) - 1) > 1e-6:
            yield place, f"probabilities must sum to 1, got {sum(shares):g}", "error"


def attacks_happen(scenario: Scenario) -> Iterator[Finding]:
    """An attack that is neither drawn nor given does nothing; one after the window is never measured."""
    given = scenario.study.given
    for name, attack in scenario.attacks.items():
        if attack.annual == 0 and (given is None or given.attack != name):
            text = "never happens: annual is 0 and study.given names no such attack"
            yield ("attacks", name), text, "note"
    if given is not None and given.latest >= scenario.window:
        key = "at" if given.at is not None else "drawn"
        text = f"the attack may begin after the window of {scenario.window / 1440:g} days"
        yield ("study", "given", key), text, "error"


def attack_volume_is_sane(scenario: Scenario) -> Iterator[Finding]:
    """More calls and tasks than a replication can hold are refused before anything is drawn."""
    given = scenario.study.given
    for name, attack in scenario.attacks.items():
        expected = attack.annual * (scenario.window + scenario.cool_down) / _MINUTES_PER_YEAR
        expected += given is not None and given.attack == name
        most = expected * _most_calls(attack)
        if most > MAX_CALLS:
            text = f"about {most:,.0f} calls and desk tasks in a replication; at most {MAX_CALLS:,}"
            yield ("attacks", name), text, "error"


def nothing_booked_is_sudden(scenario: Scenario) -> Iterator[Finding]:
    """What an attack brings and what an incident turns into cannot be work booked ahead."""
    types = scenario.demand.types
    named: list[tuple[Path, str]] = []
    for name, attack in scenario.attacks.items():
        named.append((("attacks", name, "incident"), attack.incident))
        named += [(("attacks", name, "calls", kind), kind) for kind in attack.calls]
    for name, one in types.items():
        if one.escalation is not None:
            named.append((("demand", "types", name, "escalation", "to"), one.escalation.to))
    for place, kind in named:
        if kind in types and types[kind].booked is not None:
            yield place, f"{kind} is booked ahead; name a type that is not", "error"


def escalation_ends(scenario: Scenario) -> Iterator[Finding]:
    """Incidents turn into types that exist, and never round in a circle."""
    types = scenario.demand.types
    for name, one in types.items():
        if one.escalation is None:
            continue
        place = ("demand", "types", name, "escalation", "to")
        yield from known_name(place, one.escalation.to, types, "incident type", "demand.types")
        chain = [name]
        law: Escalation | None = one.escalation
        while law is not None and law.to in types and law.to not in chain:
            chain.append(law.to)
            law = types[law.to].escalation
        if law is not None and law.to == name:
            yield place, f"escalates in a circle: {' to '.join([*chain, name])}", "error"


def levels_are_drawn_well(scenario: Scenario) -> Iterator[Finding]:
    """Drawn levels start from the last entry of the timeline, last a while, and say what comes next."""
    process = scenario.threat.process
    if process is None:
        return
    at: Path = ("threat", "process", "levels")
    holds = scenario.threat.timeline[-1].level
    if holds not in process.levels:
        yield at, f"no spell of {holds}, the last level of the timeline; write how long it lasts", "error"
    for name, spell in process.levels.items():
        if spell.dwell.expected < _SHORTEST_DWELL:
            yield (*at, name, "dwell"), "spells must last 1 h or more on average", "error"
        for after, share in spell.next.items():
            if share and after not in process.levels:
                text = f"threat.process.levels has no spell of {after}, so it holds to the end"
                yield (*at, name, "next", after), text, "note"


def reached_levels_have_settings(scenario: Scenario) -> Iterator[Finding]:
    """A level that is drawn or raised and sets nothing changes nothing."""
    reached: list[tuple[Path, str]] = []
    if scenario.threat.process is not None:
        at: Path = ("threat", "process", "levels")
        for level, spell in scenario.threat.process.levels.items():
            reached += [((*at, level, "next", after), after) for after, share in spell.next.items() if share]
    for name, attack in scenario.attacks.items():
        if attack.level is not None:
            reached.append((("attacks", name, "level", "to"), attack.level.to))
    for place, name in reached:
        if scenario.threat.levels and name not in scenario.threat.levels:
            yield place, f"threat.levels has no settings for {name}, so it changes nothing", "note"


ATTACK_CHECKS: tuple[Check, ...] = (
    attack_names_exist,
    attack_shares_sum,
    attacks_happen,
    attack_volume_is_sane,
    nothing_booked_is_sudden,
    escalation_ends,
    levels_are_drawn_well,
    reached_levels_have_settings,
)


def _shares(scenario: Scenario) -> Iterator[tuple[Path, Collection[float]]]:
    for name, attack in scenario.attacks.items():
        at: Path = ("attacks", name)
        numbers: list[tuple[Path, int | dict[int, float]]] = [((*at, "sites"), attack.sites)]
        numbers += [((*at, "calls", kind, "number"), calls.number) for kind, calls in attack.calls.items()]
        if attack.desk_tasks is not None:
            numbers.append(((*at, "desk_tasks", "number"), attack.desk_tasks.number))
        for place, number in numbers:
            if isinstance(number, dict):
                yield place, number.values()
    if scenario.threat.process is not None:
        for level, spell in scenario.threat.process.levels.items():
            yield ("threat", "process", "levels", level, "next"), spell.next.values()


def _most_calls(attack: Attack) -> int:
    numbers = [calls.number for calls in attack.calls.values()]
    if attack.desk_tasks is not None:
        numbers.append(attack.desk_tasks.number)
    return attack.most_sites + sum(
        number if isinstance(number, int) else max(number, default=0) for number in numbers
    )
