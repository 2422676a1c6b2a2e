"""The control room: who may be sent, who is sent, and who is waiting. It has no time of its own."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, exp, inf

from armsim.domain import AssignmentReason, ThreatLevel
from armsim.engine.aid import Aid
from armsim.engine.fleet import Fleet
from armsim.engine.incident import NAN, OFFICERS, Deployment, Incident, lines_short
from armsim.engine.pool import Group, Pool
from armsim.engine.unit import AVAILABLE_AT_BASE, MOBILISING, ON_PATROL, Unit
from armsim.model.policies import Candidates, DispatchPolicy, Run
from armsim.model.travel.leg import Place
from armsim.model.travel.noise import ExponentialTrips, NoiseSpread

NO_WORK = -1
#: In a diversion rule: work of the new work's own grade and a lower priority may be left too.
OWN_GRADE = -2
_ROOT_HALF = 0.5**0.5
#: Reasons logged with an assignment.
FREE_UNIT, DIVERTED_UNIT = int(AssignmentReason.FREE), int(AssignmentReason.DIVERTED)


@dataclass(frozen=True, slots=True)
class TurnOut:
    """Turn-out by what the unit is doing: mean, and the lognormal law's log mean and log spread.

    A law given by quantiles has its table instead: shares, rising from 0 to 1, and the minutes at each.
    """

    mean: float
    log_mean: float
    log_sd: float
    shares: tuple[float, ...] = ()
    at_shares: tuple[float, ...] = ()

    def minutes(self, z: float) -> float:
        """The turn-out of a unit with luck *z*."""
        if self.shares:
            share = 0.5 * erfc(-z * _ROOT_HALF)
            last = max(1, min(bisect_left(self.shares, share), len(self.shares) - 1))
            low, high = self.shares[last - 1], self.shares[last]
            shortest, longest = self.at_shares[last - 1], self.at_shares[last]
            return shortest + (longest - shortest) * (share - low) / (high - low)
        return exp(self.log_mean + self.log_sd * z) if self.log_sd else self.mean


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
    noise: NoiseSpread | ExponentialTrips
    level: int = int(ThreatLevel.LOW)


class ControlRoom:
    """Eligibility, choice and the queue of incidents of one bloc of forces.

    Args:
        fleet: all units.
        pools: the bloc's units, by code of the kind.
        policy: ranks the candidates.
        rules: what the scenario says of dispatch.
        explains: work out the runner-up of every assignment, for the log.
        aid: what the bloc may have of others; ``None`` lends and borrows nothing.
    """

    def __init__(
        self,
        fleet: Fleet,
        pools: Sequence[Pool],
        policy: DispatchPolicy,
        rules: DispatchRules,
        explains: bool,
        aid: Aid | None = None,
    ) -> None:
        self.explains = explains
        self.fleet = fleet
        self.pools = pools
        self.policy = policy
        self.rules = rules
        self.aid = aid
        self.queue: list[Incident] = []
        self.watch_at = inf
        self.expected_turn_out = [turn_out.mean for turn_out in rules.turn_out]
        self.turn_out_wheel = self.expected_turn_out[ON_PATROL]
        self.turn_out_base = self.expected_turn_out[AVAILABLE_AT_BASE]

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
            if self.aid is not None or self.fleet.free(self.pools[kind], now) > (
                reserve[kind][grade] if keeps else 0
            ):
                mask |= offers
        return mask

    # --- candidates -----------------------------------------------------------------------------------

    def candidates(self, incident: Incident, now: float) -> Candidates:
        """Units that may be sent to *incident* and bring something it is short of."""
        fleet, rules = self.fleet, self.rules
        wanted, place, type_rules = incident.wanted, incident.place, incident.rules
        grade = type_rules.grade
        reserve, diversions = rules.reserve[rules.level], rules.divert[rules.level][grade]
        latest = -inf if type_rules.takes_late else now + rules.shift_margin
        hour = fleet.time_factor(now)
        approach, pools, wheel_turn_out = fleet.travel.approach, self.pools, self.turn_out_wheel
        found = Candidates(now)
        units, minutes, runs = found.units, found.minutes, found.runs
        unarmed = type_rules.wait_for_authority and incident.waits_for_authority
        for kind, handicap, blue in type_rules.kinds:
            pool = pools[kind]
            if unarmed and pool.rules.armed:
                continue
            if pool.due <= now:
                fleet.roll(pool, now)
            wheel, home = pool.wheel, pool.home
            if wheel or home:
                if latest >= pool.first_end:
                    fleet.find_first_end(pool)
                if not wanted & OFFICERS or latest >= pool.first_end:  # every unit has officers
                    wheel, home = _able(wheel, wanted, latest), _able(home, wanted, latest)
                if wheel:
                    units += wheel
                    minutes += approach(wheel.values(), now, place, hour * blue, wheel_turn_out)
                if home:
                    units += home
                    minutes += approach(home.values(), now, place, hour * blue, self.turn_out_base)
                free = len(pool.wheel) + len(pool.home)
                runs.append(Run(kind, len(wheel) + len(home), handicap, free - reserve[kind][grade]))
            if kind in diversions:
                taken = self._divertible(pool, diversions[kind], incident, now)
                if taken:
                    units += taken
                    minutes += self._expected(taken, now, place, hour * blue)
                    runs.append(Run(kind, len(taken), handicap, inf))
            if self.aid is not None:
                self._recall(self.aid, kind, found, incident, now)
                self._borrow(self.aid, kind, found, (incident, wanted), (), now)
        return found

    def _recall(self, aid: Aid, kind: int, found: Candidates, incident: Incident, now: float) -> None:
        """Add own units that are called back from those they were lent to."""
        pool, wanted = self.pools[kind], incident.wanted
        back = [
            unit
            for unit in aid.recallable(kind, incident.rules.grade, now)
            if unit.offers & wanted and unit.ends > now and unit.pool is not pool
        ]
        if back:
            handicap, factor = self._terms(incident, kind, now)
            found.units += back
            found.minutes += self._expected(back, now, incident.place, factor)
            found.runs.append(Run(kind, len(back), handicap, inf))

    def _borrow(
        self,
        aid: Aid,
        kind: int,
        found: Candidates,
        asking: tuple[Incident, int],
        picks: Sequence[Deployment],
        now: float,
    ) -> None:
        """Add what other blocs lend, the nearest first, if there is a case for asking them after *picks*."""
        incident, wanted = asking
        pool = self.pools[kind]
        rows = zip(found.units, found.minutes, strict=True)
        quickest = min((minutes for unit, minutes in rows if unit.pool is pool), default=inf)
        free = len(aid.own_free(pool, now)) - sum(pick.unit.free and pick.unit.pool is pool for pick in picks)
        if not aid.wanted(kind, free, quickest):
            return
        handicap, factor = self._terms(incident, kind, now)
        latest = -inf if incident.rules.takes_late else now + self.rules.shift_margin
        for able, spare in aid.offers(kind, wanted, incident.rules.grade, latest, now):
            minutes = self._expected(able, now, incident.place, factor)
            lent = sorted(
                (m, unit.free_since, unit.number, unit) for m, unit in zip(minutes, able, strict=True)
            )[:spare]
            found.units += [unit for *_, unit in lent]
            found.minutes += [m + aid.terms.delay for m, *_ in lent]
            found.runs.append(Run(kind, len(lent), handicap, spare))

    def _borrow_more(
        self, found: Candidates, asking: tuple[Incident, int], picks: list[Deployment], now: float
    ) -> None:
        """After a pick that leaves the bloc with fewer of its own: ask others, if that was not done yet."""
        kind = picks[-1].unit.code
        pool = self.pools[kind]
        seen = [*found.units, *(pick.unit for pick in picks)]
        if self.aid is not None and all(
            unit.code != kind or pool in (unit.pool, unit.home_pool) for unit in seen
        ):
            self._borrow(self.aid, kind, found, asking, picks, now)

    def _terms(self, incident: Incident, kind: int, now: float) -> tuple[float, float]:
        """Handicap of a kind for an incident, and its multiplier of travel minutes."""
        rows = ((handicap, blue) for code, handicap, blue in incident.rules.kinds if code == kind)
        handicap, blue = next(rows, (0.0, 1.0))  # none for a unit that an escalation brought
        return handicap, blue * self.fleet.time_factor(now)

    def _divertible(
        self,
        pool: Pool,
        diversion: tuple[tuple[int, ...], dict[int, frozenset[int]]],
        incident: Incident,
        now: float,
    ) -> list[Unit]:
        """Units of a pool that *incident* may take off other work."""
        groups, by_status = diversion
        wanted = incident.wanted
        taken = []
        for group in groups:
            for unit in pool.groups[group]:
                if unit.status == MOBILISING and unit.until <= now:
                    self.fleet.look(unit, now)
                off = by_status.get(unit.status)
                if off is not None and unit.offers & wanted and unit.ends > now:
                    job = unit.job
                    grade = NO_WORK if job is None else job.incident.rules.grade
                    may = grade in off or (OWN_GRADE in off and _lower(job, incident))
                    if may and (job is None or job.incident is not incident):
                        taken.append(unit)
        return taken

    def _expected(self, units: list[Unit], now: float, place: Place, factor: float) -> list[float]:
        """Expected minutes of units in various statuses."""
        travel = self.fleet.travel.approach([unit.leg for unit in units], now, place, factor)
        turn_out = self.expected_turn_out
        return [minutes + turn_out[unit.status] for minutes, unit in zip(travel, units, strict=True)]

    def minutes_left(self, deployment: Deployment, now: float) -> float:
        """Minutes that the dispatcher expects a unit on its way to need still."""
        unit, incident = deployment.unit, deployment.incident
        _, factor = self._terms(incident, unit.code, now)
        travel = self.fleet.travel.approach([unit.leg], now, incident.place, factor)
        return travel[0] + max(0.0, deployment.mobile_at - now)

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
            index = self.best(costs, best, found.units)
            picks.append(self._deployment(incident, found, costs, index, now))
            unit = found.units[index]
            officers, ced, armed, arv = unit.brings
            short = [short[0] - officers, short[1] - ced, short[2] - armed, short[3] - arv]
            still = lines_short(short) & wanted
            if not still:
                break
            found.remove(index)
            if still != wanted:
                wanted = still
                found.keep([wanted & other.offers != 0 for other in found.units])
            if self.aid is not None:
                self._borrow_more(found, (incident, wanted), picks, now)
        if incident.rules.together and (not picks or lines_short(short) & incident.wanted):
            return []
        return _needed(picks, short) if len(picks) > 1 and min(short) < 0 else _numbered(picks)

    def blocks(self, incident: Incident) -> bool:
        """Whether somebody who goes before *incident* waits for units to go together."""
        for waiting in self.queue:
            if waiting is incident or not waiting < incident:
                return False
            if waiting.rules.together:
                return True
        return False

    def best(self, costs: list[float], best: float, units: Sequence[Unit]) -> int:
        """The cheapest unit; ties go to the longest free, then to the lowest number."""
        index = costs.index(best)
        if costs.count(best) > 1:
            tied = [i for i, cost in enumerate(costs) if cost == best]
            index = min(tied, key=lambda i: _turn(units[i]))
        return index

    def _deployment(
        self, incident: Incident, found: Candidates, costs: list[float], index: int, now: float
    ) -> Deployment:
        unit, minutes = found.units[index], found.minutes[index]
        reason = FREE_UNIT if unit.free else DIVERTED_UNIT
        if not self.explains:
            return Deployment(incident, unit, incident.sent, now, minutes, NAN, len(costs) - 1, reason)
        rest = costs.copy()
        rest[index] = inf
        second = min(rest)
        runner_up = NAN if second == inf else found.minutes[self.best(rest, second, found.units)]
        others = len(rest) - rest.count(inf)
        deployment = Deployment(incident, unit, incident.sent, now, minutes, runner_up, others, reason)
        if minutes == min(found.minutes):
            deployment.rank = 1.0
        else:
            deployment.rank = 1.0 + len([other for other in found.minutes if other < minutes])
        deployment.rule = float(self.policy.rule(incident, found, index))
        return deployment


def _turn(unit: Unit) -> tuple[float, int]:
    """Order among equals: the longest free, or the longest at what it does, then the number."""
    return (unit.free_since if unit.free else unit.since, unit.number)


def _lower(job: Deployment | None, incident: Incident) -> bool:
    """Whether a job is of the incident's grade and of a lower priority in it."""
    if job is None:
        return False
    grade, priority = job.incident.order[:2]
    return grade == incident.order[0] and priority > incident.order[1]


def _able(group: Group, wanted: int, latest: float) -> Group:
    """Units of a group that bring something *wanted* and whose duty goes on after *latest*."""
    return {unit: leg for unit, leg in group.items() if unit.offers & wanted and unit.ends > latest}


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
