"""The control room: who may be sent, who is sent, and who is waiting. It has no time of its own."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf

from armsim.domain import ThreatLevel
from armsim.engine.fleet import FREE, Fleet
from armsim.engine.incident import OFFICERS, Deployment, Incident, lines_short
from armsim.engine.unit import MOBILISING, Unit
from armsim.model.policies import Candidates, DispatchPolicy
from armsim.model.travel.noise import NoiseSpread

NO_WORK = -1
#: Reasons logged with an assignment.
FREE_UNIT, DIVERTED_UNIT = 0, 1
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class TurnOut:
    """Turn-out by what the unit is doing: mean, and the lognormal law's log mean and log spread."""

    mean: float
    log_mean: float
    log_sd: float

    def minutes(self, z: float) -> float:
        """The turn-out of a unit with luck *z*."""
        return exp(self.log_mean + self.log_sd * z)


@dataclass(slots=True)
class DispatchRules:
    """The dispatcher's rules; ``level`` and what hangs on it change with the threat level.

    Attributes:
        turn_out: by unit status.
        reserve: by level, by unit kind, by grade: units kept back.
        divert: by level, by grade: unit kind -> groups to look through, and by status the grades whose work
            may be left.
        offers: by grade: the unit kinds that serve it, each with a bit mask of all its units can bring.
        shift_margin: minutes before the end of a shift in which a unit takes only grade 1.
        overrun_limit: minutes after the end of a shift at which a unit leaves its job.
        noise: spread of trip noise.
    """

    turn_out: tuple[TurnOut, ...]
    reserve: dict[int, tuple[tuple[int, ...], ...]]
    divert: dict[int, tuple[dict[int, tuple[tuple[int, ...], dict[int, frozenset[int]]]], ...]]
    offers: tuple[tuple[tuple[int, int], ...], ...]
    shift_margin: float
    overrun_limit: float
    noise: NoiseSpread
    level: int = int(ThreatLevel.LOW)


class ControlRoom:
    """Eligibility, choice and the queue of incidents.

    Args:
        fleet: the units.
        policy: ranks the candidates.
        rules: what the scenario says of dispatch.
        explains: work out the runner-up of every assignment, for the log.
    """

    def __init__(self, fleet: Fleet, policy: DispatchPolicy, rules: DispatchRules, explains: bool) -> None:
        self.explains = explains
        self.fleet = fleet
        self.policy = policy
        self.rules = rules
        self.queue: list[Incident] = []
        self.expected_turn_out = [turn_out.mean for turn_out in rules.turn_out]

    # --- the queue ------------------------------------------------------------------------------------

    def enqueue(self, incident: Incident) -> None:
        """Let *incident* wait in its order; its age is that of its first call."""
        if not incident.queued:
            insort(self.queue, incident)
            incident.queued = True

    def dequeue(self, incident: Incident) -> None:
        """*incident* waits no longer."""
        if incident.queued:
            del self.queue[bisect_left(self.queue, incident)]
            incident.queued = False

    def obtainable(self, grade: int, now: float) -> int:
        """Bit mask of the capabilities that free units beyond the reserve may bring to a grade."""
        mask = 0
        reserve = self.rules.reserve[self.rules.level]
        keeps = self.policy.keeps_reserve
        for kind, offers in self.rules.offers[grade]:
            if len(self.fleet.fresh(kind, now)) > (reserve[kind][grade] if keeps else 0):
                mask |= offers
        return mask

    # --- candidates -----------------------------------------------------------------------------------

    def candidates(self, incident: Incident, now: float) -> Candidates:
        """Units that may be sent to *incident* and bring something it is short of."""
        wanted = incident.wanted
        rules = self.rules
        fleet = self.fleet
        type_rules = incident.rules
        grade = type_rules.grade
        reserve = rules.reserve[rules.level]
        diversions = rules.divert[rules.level][grade]
        latest = -inf if type_rules.takes_late else now + rules.shift_margin
        anyone = type_rules.takes_late and wanted & OFFICERS  # every unit has officers
        units: list[Unit] = []
        handicaps: list[float] = []
        spare: list[float] = []
        level, ample = True, True
        for kind, handicap in type_rules.kinds:
            free = fleet.fresh(kind, now) if now >= fleet.next_due[kind] else fleet.members[kind][FREE]
            first = len(units)
            if free:
                if anyone:
                    units += free
                else:
                    units += [unit for unit in free if unit.offers & wanted and unit.ends > latest]
                left = len(free) - reserve[kind][grade]
                ample = ample and left > 0
                spare += [left] * (len(units) - first)
            if kind in diversions:
                taken = self._divertible(kind, diversions[kind], incident, now)
                units += taken
                spare += [inf] * len(taken)
            handicaps += [handicap] * (len(units) - first)
            level = level and not handicap
        return Candidates(units, self._expected(units, incident, now), handicaps, spare, level, ample)

    def _divertible(
        self,
        kind: int,
        diversion: tuple[tuple[int, ...], dict[int, frozenset[int]]],
        incident: Incident,
        now: float,
    ) -> list[Unit]:
        """Units of a kind that *incident* may take off other work."""
        groups, by_status = diversion
        wanted = incident.wanted
        taken = []
        for group in groups:
            for unit in self.fleet.members[kind][group]:
                if unit.status == MOBILISING and unit.until <= now:
                    self.fleet.look(unit, now)
                off = by_status.get(unit.status)
                if off is not None and unit.offers & wanted and unit.ends > now:
                    job = unit.job
                    grade = NO_WORK if job is None else job.incident.rules.grade
                    if grade in off and (job is None or job.incident is not incident):
                        taken.append(unit)
        return taken

    def _expected(self, units: list[Unit], incident: Incident, now: float) -> list[float]:
        """Expected minutes to arrival: turn-out, mean travel, the speed of the hour, blue lights."""
        fleet = self.fleet
        travel = fleet.travel.approach([unit.leg for unit in units], now, incident.place)
        hour = fleet.time_factor(now)
        factors = [hour * factor for factor in incident.rules.time_factor]
        turn_out = self.expected_turn_out
        return [
            minutes * factors[unit.code] + turn_out[unit.status]
            for minutes, unit in zip(travel, units)  # noqa: B905 - hot, and approach gives one each
        ]

    # --- choice ---------------------------------------------------------------------------------------

    def choose(self, incident: Incident, now: float) -> list[Deployment]:
        """Deployments to send now: best-ranked units until nothing is short or nobody may be sent."""
        found = self.candidates(incident, now)
        short = incident.short
        wanted = incident.wanted
        picks: list[Deployment] = []
        while found.units:
            costs = self.policy.costs(incident, found)
            best = min(costs)
            if best == inf:
                break
            index = self._best(costs, best, found.units)
            picks.append(self._deployment(incident, found, costs, index, now))
            unit = found.units[index]
            officers, ced, armed, arv = unit.brings
            short = [short[0] - officers, short[1] - ced, short[2] - armed, short[3] - arv]
            still = lines_short(short) & wanted
            if not still:
                break
            kept = self.rules.reserve[self.rules.level][unit.code][incident.rules.grade]
            found.remove(index, unit.free and kept > 0)
            if still != wanted:
                wanted = still
                found.keep([wanted & other.offers != 0 for other in found.units])
        return _needed(picks, short) if len(picks) > 1 and min(short) < 0 else _numbered(picks)

    def _best(self, costs: list[float], best: float, units: Sequence[Unit]) -> int:
        """The cheapest unit; ties go to the longest free, then to the lowest number."""
        index = costs.index(best)
        if costs.count(best) > 1:
            tied = [i for i, cost in enumerate(costs) if cost == best]
            index = min(tied, key=lambda i: (units[i].since, units[i].number))
        return index

    def _deployment(
        self, incident: Incident, found: Candidates, costs: list[float], index: int, now: float
    ) -> Deployment:
        others = len(costs) - 1
        runner_up = NAN
        if others and self.explains:
            rest = [cost for position, cost in enumerate(costs) if position != index]
            runner_up = (
                found.minutes[costs.index(min(rest))] if min(rest) != costs[index] else found.minutes[index]
            )
        unit = found.units[index]
        reason = FREE_UNIT if unit.free else DIVERTED_UNIT
        return Deployment(incident, unit, incident.sent, now, found.minutes[index], runner_up, others, reason)


def _needed(picks: list[Deployment], short: list[int]) -> list[Deployment]:
    """Drop, last first, any unit that the others make needless; *short* is what is left after all of them."""
    kept = list(picks)
    for deployment in reversed(picks):
        brings = deployment.unit.brings
        if all(short[line] + brings[line] <= 0 for line in range(4) if brings[line]):
            kept.remove(deployment)
            short = [left + count for left, count in zip(short, brings, strict=True)]
    return _numbered(kept)


def _numbered(picks: list[Deployment]) -> list[Deployment]:
    """Give the deployments their ordinals: what luck they meet on the way."""
    for ordinal, deployment in enumerate(picks, start=picks[0].incident.sent if picks else 0):
        deployment.ordinal = ordinal
    return picks
