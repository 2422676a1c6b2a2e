"""How large a starter scenario is: fleet, people and demand of a force from its published figures.

The rules are those that ``docs/new-force.md`` lists. Rates and shares are calibrated on Leicestershire, the
area of ``severe.yaml``, and are assumptions; Leicestershire gets back its own figures but for a few officers
of neighbourhood teams.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from armsim.model.starter.figures import ForceFigures, force_figures
from armsim.model.starter.operations import Operations, force_operations

METROPOLITAN = "metropolitan"
CITY = "city-of-london"
_LIKE = "leicestershire"

G1_PER_1000 = 34.4
G2_PER_1000 = 54.0
LONG_PER_1000 = 1.47
#: CED-relevant incidents for each recorded violence with injury, robbery or weapons offence: about 0.33,
#: such that Leicestershire's 9,097 give 3,000.
CED_RATIO = 3000 / 9097
INDEX_POWER = 0.5
INDEX_RANGE = (0.8, 1.3)
#: Recorded crime per head above this many times the national rate means that residents are not who is there.
FEW_RESIDENTS = 3.0
RESPONSE_SHARE = 0.198
#: Response officers per 1,000 weighted jobs (grade 1 + 0.8 grade 2), least and most; and most in dense areas.
PER_1000_JOBS = (4.0, 6.5)
DENSE_PER_1000_JOBS = 4.3
G2_WEIGHT = 0.8
DENSE = 1000.0
#: Residents per km2 above which response cars and ARVs drive at London speeds.
CITY_SPEED = 2500.0
ARVS_PER_100K = 0.30
OPERATIONS_PER_ARV = 240.0
ARMED_PER_100K = 8.2
#: Officers of the ARV team for each ARV of a shift, by size of crew.
TEAM_PER_ARV = {2: 16, 3: 24}
PAIRS_PER_ARV = 1.6
GUARDED_SHARE = 0.4
SERGEANTS_PER_100K, CONSTABLES_PER_100K, PCSOS_PER_100K = 1.6, 12.0, 15.0


class Sized(NamedTuple):
    """A size, and how it was made."""

    value: int
    why: str


@dataclass(frozen=True, slots=True)
class Sizes:
    """What the rules give a force.

    Attributes:
        figures: what is published.
        people: residents that demand is scaled by: those of the census, but for the City of London.
        index: demand per head relative to Leicestershire.
        immediate: grade 1 incidents a year, CED-relevant ones apart.
        priority: grade 2 incidents a year, long commitments apart.
        ced_relevant: CED-relevant incidents a year; three in ten are weapon calls that are not authorised.
        long_commitment: scene guards, searches and hospital watches a year.
        operations: authorised firearms operations a year.
        response_officers: response officers in post.
        arvs: armed response vehicles crewed on an average shift.
        crew: officers of one.
        arv_officers: officers in post in the ARV teams.
        armed_officers: all armed officers; ``None`` in London, where no rule is known.
        response_bases: response bases; as many cars are kept back from grade 2 work.
        arv_bases: bases of armed response vehicles.
        arv_reserve: armed response vehicles left free when one goes to grade 1 work.
        sergeants: of neighbourhood teams.
        constables: of neighbourhood teams.
        pcsos: of neighbourhood teams.
        desk: force incident managers on duty.
        pairs: armed pairs on posts at CRITICAL.
        guarded: those of them that guard sites until military backfill comes.
        city_speed: vehicles drive at London speeds.
    """

    figures: ForceFigures
    people: float
    index: float
    immediate: int
    priority: int
    ced_relevant: int
    long_commitment: int
    operations: Operations
    response_officers: Sized
    arvs: Sized
    crew: int
    arv_officers: int
    armed_officers: int | None
    response_bases: int
    arv_bases: int
    arv_reserve: int
    sergeants: int
    constables: int
    pcsos: int
    desk: int
    pairs: int
    guarded: int
    city_speed: bool


def to_step(value: float, step: int = 1) -> int:
    """*value* to the nearest multiple of *step*; a half goes up."""
    return step * math.floor(value / step + 0.5)


@cache
def force_sizes() -> Mapping[str, Sizes]:
    """Sizes of every force by short name.

    Raises:
        DataError: a shipped table is missing or damaged.
    """
    return {slug: _sizes(figures) for slug, figures in force_figures().items()}


def _sizes(figures: ForceFigures) -> Sizes:
    people, index = effective_people(figures), demand_index(figures)
    g1, g2 = (rate * people / 1000 * index for rate in (G1_PER_1000, G2_PER_1000))
    operations = force_operations()[figures.slug]
    arvs = _arvs(figures, operations)
    crew = 3 if figures.slug in (METROPOLITAN, CITY) else 2
    bases = max(1, to_step(math.sqrt(figures.area_km2) / 10 + figures.people / 350_000))
    pairs = to_step(PAIRS_PER_ARV * arvs.value)
    return Sizes(
        figures=figures,
        people=people,
        index=index,
        immediate=to_step(g1, 100),
        priority=to_step(g2, 100),
        ced_relevant=to_step(
            CED_RATIO * (figures.violence_with_injury + figures.robbery + figures.weapons), 10
        ),
        long_commitment=to_step(LONG_PER_1000 * people / 1000, 10),
        operations=operations,
        response_officers=_response(figures, (g1 + G2_WEIGHT * g2) / 1000),
        arvs=arvs,
        crew=crew,
        arv_officers=to_step(TEAM_PER_ARV[crew] * arvs.value, 5),
        armed_officers=_armed(figures),
        response_bases=bases,
        # Two at least, so that not all of a small fleet starts from one place.
        arv_bases=min(bases, max(2, to_step(arvs.value / 2))),
        arv_reserve=max(1, to_step(arvs.value / 3)),
        sergeants=to_step(SERGEANTS_PER_100K * people / 100_000),
        constables=to_step(CONSTABLES_PER_100K * people / 100_000),
        pcsos=to_step(PCSOS_PER_100K * people / 100_000),
        desk=4 if figures.slug == METROPOLITAN else 2 if figures.people > 1_500_000 else 1,
        pairs=pairs,
        guarded=to_step(GUARDED_SHARE * pairs),
        city_speed=figures.people_per_km2 > CITY_SPEED,
    )


def effective_people(figures: ForceFigures) -> float:
    """Residents; where few live and much happens, as many as recorded crime means at the national rate."""
    everyone = force_figures().values()
    national = sum(one.recorded_crime for one in everyone) / sum(one.people for one in everyone)
    if figures.recorded_crime / figures.people > FEW_RESIDENTS * national:
        return figures.recorded_crime / national
    return float(figures.people)


def demand_index(figures: ForceFigures) -> float:
    """Demand per head relative to Leicestershire, damped and kept within ``INDEX_RANGE``."""
    like = force_figures()[_LIKE]
    ratio = (figures.disorder / effective_people(figures)) / (like.disorder / effective_people(like))
    return min(max(math.pow(ratio, INDEX_POWER), INDEX_RANGE[0]), INDEX_RANGE[1])


def _response(figures: ForceFigures, jobs: float) -> Sized:
    """Response officers in post, for *jobs* thousand weighted jobs a year."""
    share = RESPONSE_SHARE * figures.officers
    source = "Home Office workforce statistics, September 2018"
    told = f"{RESPONSE_SHARE:.1%} of {figures.officers:,.0f} officers ({source})"
    if figures.slug == CITY:
        return Sized(70, "set by itself, since its officers serve people who do not live there")
    if figures.slug == METROPOLITAN:
        low = high = PER_1000_JOBS[0]
    else:
        low, high = PER_1000_JOBS[0], PER_1000_JOBS[1]
        high = DENSE_PER_1000_JOBS if figures.people_per_km2 > DENSE else high
    for bound, word in ((high, "cut"), (low, "raised")):
        if (share > bound * jobs) if word == "cut" else (share < bound * jobs):
            return Sized(
                to_step(bound * jobs, 5),
                f"{told} would be {share:,.0f}, {word} to {bound} per 1,000 jobs a year, one of grade 2 "
                f"counted as {G2_WEIGHT}",
            )
    return Sized(to_step(share, 5), told)


def _arvs(figures: ForceFigures, operations: Operations) -> Sized:
    """Armed response vehicles crewed on an average shift."""
    if figures.slug == METROPOLITAN:
        return Sized(40, "some 40 of the 170 to 190 crewed vehicles that were planned for the country")
    if figures.slug == CITY:
        return Sized(3, "set by itself, since residents say nothing about it")
    by_people = ARVS_PER_100K * figures.people / 100_000
    by_work = operations.number / OPERATIONS_PER_ARV
    if by_work > max(by_people, 2):
        return Sized(to_step(by_work), f"{operations.number:,.0f} operations / {OPERATIONS_PER_ARV:.0f}")
    if to_step(by_people) < 2:
        return Sized(2, f"{ARVS_PER_100K:.2f} per 100,000 residents, at least two")
    return Sized(to_step(by_people), f"{ARVS_PER_100K:.2f} per 100,000 residents")


def _armed(figures: ForceFigures) -> int | None:
    if figures.armed_officers is not None:
        return figures.armed_officers
    if figures.region == "London":
        return None
    return to_step(ARMED_PER_100K * figures.people / 100_000)
