"""The scenario's rules as the engine reads them: codes, tuples and tables instead of names."""

from __future__ import annotations

from collections.abc import Iterator

from armsim.config.schema.demand import IncidentType
from armsim.config.schema.duty import DiversionRule, UnitKind
from armsim.config.schema.laws import TimeLaw
from armsim.domain import Grade, Milestone, ThreatLevel, UnitStatus
from armsim.engine.control_room import NO_WORK, OWN_GRADE, DispatchRules, TurnOut
from armsim.engine.incident import ARMED, ARV, AUTHORITY, CED, OFFICERS, TypeRules
from armsim.engine.pool import BUSY_GROUP
from armsim.engine.unit import KindRules
from armsim.model.attributes import Source
from armsim.model.demand import PostSpec
from armsim.model.travel.noise import ExponentialTrips, NoiseSpread
from armsim.model.world import World
from armsim.streams import Streams

_GRADES = tuple(Grade)
_AT_WHEEL = frozenset(
    {
        UnitStatus.ON_PATROL,
        UnitStatus.MOBILISING,
        UnitStatus.EN_ROUTE,
        UnitStatus.RETURNING,
        UnitStatus.REPOSITIONING,
    }
)
_MILESTONES = tuple(Milestone)
#: A post asks a later kind only when no earlier one can be had: its handicap is out of reach of any trip.
_NEXT_KIND = 1e5
_EVERY_LEVEL = tuple(ThreatLevel)


def kind_rules(code: int, kind: UnitKind) -> KindRules:
    """A unit kind's rules."""
    breaks = kind.breaks
    return KindRules(
        code=code,
        armed=kind.armed,
        arv=kind.arv,
        blue_light=kind.blue_light,
        serves=tuple(grade.name in kind.serves for grade in _GRADES),
        handicap=tuple(float(kind.handicap.get(grade.name, 0.0)) for grade in _GRADES),  # type: ignore[call-overload]
        patrol_slot=kind.roving.slot if kind.roving else 0.0,
        home_first=kind.returns == "home_first",
        break_length=breaks.length if breaks else 0.0,
        break_window=(breaks.earliest, breaks.latest) if breaks else (0.0, 0.0),
    )


def _time_factors(world: World, kinds: tuple[KindRules, ...], grade: str) -> tuple[float, ...]:
    factor = world.scenario.travel.blue_light_time_factor.get(grade, 1.0)
    return tuple(factor if kind.blue_light else 1.0 for kind in kinds)


def type_rules(world: World, code: int, kinds: tuple[KindRules, ...], streams: Streams) -> TypeRules:
    """An incident type's rules."""
    config: IncidentType = world.scenario.demand.types[world.types[code]]
    grade = Grade[config.grade]
    factors = _time_factors(world, kinds, config.grade)
    able = tuple(
        (kind.code, kind.handicap[grade], factors[kind.code])
        for kind in kinds
        if kind.serves[grade] and world.kinds[kind.code] not in config.not_by
    )
    booked = config.booked

    def more_work(key: int, ordinal: int) -> float:
        source = Source(streams, "luck", str(key), str(ordinal))
        return float(source.times("on_scene", config.on_scene, 1)[0])

    return TypeRules(
        code=code,
        grade=int(grade),
        kinds=able,
        work_from=_MILESTONES.index(Milestone(config.on_scene_from)),
        work_at_latest=config.on_scene_at_latest,
        later_units_stay=1.0 if config.later_units_stay is None else config.later_units_stay,
        wait_for_authority=config.wait_for_authority,
        relieved=config.relieved,
        takes_late=grade in (Grade.FIREARMS, Grade.G1),
        patience_ends_assigned=config.patience_ends == "assignment",
        booked=(booked.keep_free, booked.retry, booked.attempts) if booked else None,
        post=False,
        together=config.send == "together",
        partial=config.send == "partial",
        singly=config.release == "singly",
        factor_by_kind={
            world.kinds.index(name): factor
            for name, factor in config.on_scene_factor.items()
            if name in world.kinds
        },
        factor_by_base={
            name: factor for name, factor in config.on_scene_factor.items() if name not in world.kinds
        },
        more_work=more_work,
        containment_after=_containment_after(config),
        containment_delay=config.containment.delay if config.containment else 0.0,
    )


def _containment_after(config: IncidentType) -> int | None:
    """Milestone that has the second wave asked for, -1 for authority."""
    if config.containment is None:
        return None
    after = config.containment.after
    return AUTHORITY if after == "authorised" else _MILESTONES.index(Milestone(after))


def post_rules(world: World, spec: PostSpec, kinds: tuple[KindRules, ...]) -> TypeRules:
    """A post's rules: work of the lowest grade that ends by the clock."""
    factors = _time_factors(world, kinds, "POST")
    able = sorted(
        (code, order * _NEXT_KIND, factors[code])
        for order, code in enumerate(spec.kinds)
        if kinds[code].serves[Grade.POST]
    )
    return TypeRules(
        code=-1,
        grade=int(Grade.POST),
        kinds=tuple(able),
        work_from=0,
        work_at_latest=0.0,
        later_units_stay=1.0,
        wait_for_authority=False,
        relieved=True,
        takes_late=False,
        patience_ends_assigned=False,
        booked=None,
        post=True,
    )


def dispatch_rules(world: World) -> DispatchRules:
    """The dispatcher's rules, by threat level."""
    config = world.scenario.dispatch
    noise = world.scenario.travel.trip_noise
    wheel, base = config.mobilisation.on_patrol, config.mobilisation.at_base
    laws = [wheel if status in _AT_WHEEL else base for status in UnitStatus]
    return DispatchRules(
        turn_out=tuple(map(_turn_out, laws)),
        reserve={int(level): _reserve(world, level) for level in _EVERY_LEVEL},
        divert={int(level): _diversion(world, level) for level in _EVERY_LEVEL},
        offers=tuple(tuple(_offers(world, grade)) for grade in _GRADES),
        shift_margin=config.shift_margin,
        overrun_limit=config.overrun_limit,
        noise=(
            ExponentialTrips()
            if noise.law == "exponential"
            else NoiseSpread(noise.at_zero, noise.per_km, noise.floor)
        ),
    )


def _turn_out(law: TimeLaw) -> TurnOut:
    table = law.quantiles or ()
    shares, minutes = tuple(share for share, _ in table), tuple(at for _, at in table)
    return TurnOut(law.expected, law.log_mean, law.log_sd, shares, minutes)


def _reserve(world: World, level: ThreatLevel) -> tuple[tuple[int, ...], ...]:
    """By unit kind, by grade: units kept back at *level*; what the level names replaces the rest."""
    general = world.scenario.dispatch.reserve
    settings = world.scenario.threat.levels.get(level.name)  # type: ignore[call-overload]
    special = settings.reserve if settings else {}
    rows = [{**general.get(kind, {}), **special.get(kind, {})} for kind in world.kinds]
    return tuple(tuple(int(row.get(grade.name, 0)) for grade in _GRADES) for row in rows)


def _offers(world: World, grade: Grade) -> Iterator[tuple[int, int]]:
    """Unit kinds that serve a grade, with what their units can bring at most."""
    for code, name in enumerate(world.kinds):
        kind = world.scenario.units[name]
        if grade.name in kind.serves:
            yield code, OFFICERS | CED | (ARMED if kind.armed else 0) | (ARV if kind.arv else 0)


def _diversion(
    world: World, level: ThreatLevel
) -> tuple[dict[int, tuple[tuple[int, ...], dict[int, frozenset[int]]]], ...]:
    """By grade of the new work: unit kind -> groups of the fleet, and by status the grades to leave."""
    table: list[dict[int, dict[int, set[int]]]] = [{} for _ in _GRADES]
    for rule in world.scenario.dispatch.diversion:
        if rule.levels and level.name not in rule.levels:
            continue
        for code in _kinds_of(world, rule):
            by_status = table[Grade[rule.to]].setdefault(code, {})
            for status in rule.when:
                off = {int(Grade[grade]) for grade in rule.off} if status != "REFRESHMENTS" else {NO_WORK}
                if rule.within_grade and status != "REFRESHMENTS":
                    off.add(OWN_GRADE)
                by_status.setdefault(int(UnitStatus[status]), set()).update(off)
    return tuple(
        {
            code: (
                tuple(sorted({BUSY_GROUP[status] for status in by_status})),
                {status: frozenset(off) for status, off in by_status.items()},
            )
            for code, by_status in row.items()
        }
        for row in table
    )


def _kinds_of(world: World, rule: DiversionRule) -> list[int]:
    return [code for code, name in enumerate(world.kinds) if not rule.kinds or name in rule.kinds]
