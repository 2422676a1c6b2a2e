"""What a starter scenario sets: everything in it that is scaled to the force."""

from __future__ import annotations

from armsim.model.geography import Resolution
from armsim.model.starter.rules import (
    CED_RATIO,
    CITY,
    CITY_SPEED,
    G1_PER_1000,
    G2_PER_1000,
    LONG_PER_1000,
    TEAM_PER_ARV,
    Sizes,
    to_step,
)
from armsim.model.starter.setting import Setting, Value, scaled

_ILLUSTRATIVE = "illustrative, placed by p-median, no real base"
#: As severe.yaml has them for 350 response officers in post: posts, cars, CEDs; for 50 of ARV teams: posts.
_RESPONSE_POSTS, _RESPONSE_CARS, _CED_DEVICES = 360 / 350, 76 / 350, 70 / 350
_ARV_POSTS = 52 / 50
#: Neighbourhood officers of severe.yaml, whose engagement standards are scaled.
_NPT_OFFICERS = 136
#: Of two mobilisations one is marked for a stand-down; many of those meet an armed unit first and then count
#: as operations, so that severe.yaml draws 175 to come out near 228.
_DRAWN_PER_OPERATION = 175 / 228
_SPONTANEOUS = 0.80
#: Half-width of the range to try: a figure of the force itself, and one that was shared out.
_OWN_FIGURE, _SHARED_FIGURE = (0.74, 1.2), (0.5, 1.7)


def settings_of(sizes: Sizes) -> list[Setting]:
    """Every setting of the starter of a force but those of threat levels, in the order of the file."""
    return [
        *_region(sizes),
        *_demand(sizes),
        *_teams(sizes),
        *_neighbourhood(sizes),
        *_units(sizes),
        *_control_room(sizes),
    ]


def establishments(sizes: Sizes) -> tuple[int, int]:
    """Posts on the books of the response team and of the ARV team, filled and empty."""
    return to_step(_RESPONSE_POSTS * sizes.response_officers.value), to_step(_ARV_POSTS * sizes.arv_officers)


def devices_of(sizes: Sizes) -> int:
    """CEDs of the response team."""
    return to_step(_CED_DEVICES * sizes.response_officers.value)


def resolution(sizes: Sizes) -> Resolution:
    """Kind of zones: MSOAs, but for the City of London, which is one of them."""
    return "lsoa" if sizes.figures.slug == CITY else "msoa"


def _region(sizes: Sizes) -> list[Setting]:
    figures = sizes.figures
    settings = [
        Setting("region", {"force": figures.slug, "resolution": resolution(sizes)}),
        scaled(
            "bases.response.p_median",
            sizes.response_bases,
            f"Square root of {figures.area_km2:,.0f} km2 / 10 + {figures.people:,} residents / 350,000.",
            f"square root of km2 over 10 plus residents over 350,000; {_ILLUSTRATIVE}",
            (0.65, 1.5),
            1,
        ),
        scaled(
            "bases.arv.p_median",
            sizes.arv_bases,
            "One for two armed response vehicles of a shift; where they start and finish, since they patrol.",
            f"places where armed response vehicles start and finish; {_ILLUSTRATIVE}",
            (0.5, 2.0),
            1,
        ),
    ]
    if sizes.city_speed:
        settings.append(
            Setting(
                "travel.cruising_speed",
                "45.5 km/h",
                f"{figures.people_per_km2:,.0f} residents a km2, above {CITY_SPEED:,.0f}: 65 km/h under blue "
                "lights, which is 45.5 / 0.70.",
                "London fire engines reach 65 km/h under blue lights (London Fire Brigade, first quarter of "
                "2017); 45.5 is 65 x 0.70",
                "40 km/h",
                "63 km/h",
            )
        )
    return settings


def _demand(sizes: Sizes) -> list[Setting]:
    people, index = sizes.people, sizes.index
    residents = sizes.figures.people
    of_whom = f"{people:,.0f} residents"
    if people != residents:
        of_whom = (
            f"{people:,.0f} people, as recorded crime means at the national rate (residents: {residents:,})"
        )
    by_index = f"{of_whom}, x {index:.2f} for recorded crime per head"
    relative = (
        "times the square root of recorded violence, sexual offences, public order, damage, robbery and "
        "weapons per head relative to Leicestershire (Home Office open data, 2017/18), within 0.8 and 1.3"
    )
    armed = sizes.figures.violence_with_injury + sizes.figures.robbery + sizes.figures.weapons
    return [
        *_firearms(sizes),
        scaled(
            "demand.types.ced_relevant.annual",
            sizes.ced_relevant,
            f"{CED_RATIO:.2f} of {armed:,} recorded violence with injury, robbery and weapons offences in "
            "2017/18. Three in ten are weapon calls that are not authorised as armed.",
            "a third of recorded violence with injury, robbery and weapons possession (Home Office open "
            "data, 2017/18)",
            (0.5, 2.0),
        ),
        scaled(
            "demand.types.immediate.annual",
            sizes.immediate,
            f"{G1_PER_1000:g} a year for 1,000 of {by_index}.",
            f"{G1_PER_1000:g} per 1,000 residents, {relative}",
            (0.77, 1.29),
        ),
        scaled(
            "demand.types.priority.annual",
            sizes.priority,
            f"{G2_PER_1000:g} a year for 1,000 of {by_index}.",
            f"{G2_PER_1000:g} per 1,000 residents, {relative}",
            (0.73, 1.36),
        ),
        scaled(
            "demand.types.long_commitment.annual",
            sizes.long_commitment,
            f"{LONG_PER_1000:g} a year for 1,000 of {of_whom}.",
            f"{LONG_PER_1000:g} per 1,000 residents",
            (0.33, 2.0),
        ),
    ]


def _firearms(sizes: Sizes) -> list[Setting]:
    operations = sizes.operations
    number = operations.number
    factors = _OWN_FIGURE if operations.letter in ("P", "P*") else _SHARED_FIGURE
    settings = [
        scaled(
            "demand.types.firearms_spontaneous.annual",
            to_step(_DRAWN_PER_OPERATION * _SPONTANEOUS * number),
            f"{number:,.0f} operations a year ({operations.letter}): {operations.words}. 80% of them are "
            "spontaneous. Fewer are drawn, x 175 / 228 as in severe.yaml: as many again are drawn to be "
            "stood down, and some of those meet an armed unit first and count as operations.",
            f"80% of {number:,.0f} operations a year, times 175 over 228 as in severe.yaml. Operations: "
            f"{operations.words}",
            factors,
        ),
        scaled(
            "demand.types.firearms_planned.annual",
            to_step((1 - _SPONTANEOUS) * number),
            "20% of the same operations.",
            f"20% of {number:,.0f} operations a year, the share being assumed (0.05 to 0.4)",
            (0.25, 2.0),
        ),
    ]
    if sizes.arvs.value <= 2:
        settings.append(
            Setting(
                "demand.types.firearms_planned.booked.keep_free",
                0,
                "Two are sent and often only two are on duty; leaving one as well would put off every one.",
                "assumption: vehicles left for spontaneous work",
                0,
                1,
            )
        )
    return settings


def _teams(sizes: Sizes) -> list[Setting]:
    response, arv = establishments(sizes)
    officers, each = sizes.response_officers, TEAM_PER_ARV[sizes.crew]
    npt = sizes.sergeants + sizes.constables
    specials = sizes.figures.specials
    return [
        scaled(
            "teams.response.establishment",
            response,
            f"{officers.value:,} in post: {officers.why}. 3% of posts stand empty.",
            f"{officers.value:,} in post, {officers.why}; 3% of posts are empty",
            (0.85, 1.15),
            1,
        ),
        scaled(
            "teams.response.ced_devices",
            devices_of(sizes),
            "70 for 350 response officers in post.",
            "as many an officer as in severe.yaml",
            (0.57, 2.0),
            1,
        ),
        Setting(
            "teams.arv.establishment",
            arv,
            f"{sizes.arv_officers:,} in post: {each} for each of {sizes.arvs.value} vehicles of a shift "
            f"({sizes.arvs.why}), to a multiple of five. 3% of posts stand empty.{_armed_words(sizes)}",
            f"assumption: {each} officers in post for each vehicle of a shift, to a multiple of five, and 3% "
            f"of posts empty; vehicles of a shift: {sizes.arvs.why}",
            to_step(0.8 * arv),
            max(to_step(1.3 * arv), arv + each),
        ),
        scaled(
            "teams.npt.establishment",
            npt,
            f"Sergeants {sizes.sergeants}, constables {sizes.constables}: 1.6 and 12 per 100,000.",
            "1.6 sergeants and 12 constables per 100,000 residents",
            (0.5, 1.3),
            2,
        ),
        scaled(
            "teams.pcso.establishment",
            sizes.pcsos,
            "15 per 100,000.",
            "15 PCSOs per 100,000 residents",
            (0.5, 1.3),
            2,
        ),
        Setting(
            "teams.specials.headcount",
            specials,
            f"{specials:,} special constables on 30 September 2018; 18 hours a month each.",
            "Home Office workforce statistics, September 2018",
            0,
            round(1.2 * specials),
        ),
    ]


def _armed_words(sizes: Sizes) -> str:
    count, figures = sizes.armed_officers, sizes.figures
    if count is None:
        return ""
    if figures.armed_officers is None:
        return f" All armed officers: about {count}, at 8.2 per 100,000."
    return f" All armed officers: {count} ({figures.armed_officers_year}, {figures.published_in})."


def _neighbourhood(sizes: Sizes) -> list[Setting]:
    """Engagement standards in proportion to the neighbourhood officers who are to meet them."""
    share = (sizes.sergeants + sizes.constables) / _NPT_OFFICERS

    def part(number: int) -> int:
        return max(1, to_step(share * number))

    standards: list[Value] = [
        {"name": "Face-to-face meetings", "team": "npt", "events_a_month": part(100), "hours_each": 4},
        {"name": "Key community leaders", "team": "npt", "events_a_month": part(40), "hours_each": 2},
        {"name": "Social media", "team": "npt", "hours_a_month": part(60)},
        {"name": "Pages on the force website", "team": "npt", "hours_a_month": part(20)},
        {"name": "Engagement plan and its evidence", "team": "npt", "hours_a_month": part(60)},
    ]
    return [
        Setting(
            "neighbourhood.standards",
            standards,
            "Those of severe.yaml, in proportion to neighbourhood officers.",
            "assumption: the five things that public texts of a published contract name; hours and events "
            "are those of severe.yaml in proportion to neighbourhood officers",
            "half of each",
            "one and a half times each",
        )
    ]


def _units(sizes: Sizes) -> list[Setting]:
    arvs = 2 * sizes.arvs.value + 1
    by_officers, by_bases = to_step(_RESPONSE_CARS * sizes.response_officers.value), 5 * sizes.response_bases
    why = "76 for 350 response officers in post."
    if by_bases > by_officers:
        why = (
            f"Five a base, for two shifts that overlap; 76 for 350 officers in post would be {by_officers:,}."
        )
    settings = [
        Setting(
            "units.arv.vehicles",
            arvs,
            f"Twice the {sizes.arvs.value} of a shift and one more.",
            "assumption: twice the crews of a shift and one more",
            arvs - 1,
            arvs + 2,
        ),
        scaled(
            "units.response_car.vehicles",
            max(by_officers, by_bases),
            why,
            "76 cars for 350 officers in severe.yaml, and five for each base at least",
            (0.9, 1.2),
            1,
        ),
    ]
    if sizes.crew != 2:
        settings.insert(
            0,
            Setting(
                "units.arv.crew",
                sizes.crew,
                "Crews of three in London.",
                "a vehicle has a crew of at least two (ACPO manual, 2003); three in London",
                2,
                3,
            ),
        )
    return settings


def _control_room(sizes: Sizes) -> list[Setting]:
    reserve, bases = sizes.arv_reserve, sizes.response_bases
    told = "one, two above 1.5 million residents, four in the Metropolitan Police"
    return [
        Setting(
            "dispatch.reserve.arv.G1",
            reserve,
            "A third of the vehicles of a shift stay free when one goes to grade 1 work, at least one.",
            "assumption: a third of the armed vehicles of a shift, at least one",
            0,
            max(2, 2 * reserve),
        ),
        Setting(
            "dispatch.reserve.response_car.G2",
            bases,
            "One car for each base is kept from grade 2 work.",
            "assumption: cars left free for grade 1 work, one a base",
            min(2, bases - 1),
            to_step(1.25 * bases) + 1,
        ),
        Setting(
            "desk.capacity",
            sizes.desk,
            f"Force incident managers: {told}.",
            f"assumption: force incident managers: {told}",
            max(1, sizes.desk - 1),
            sizes.desk + 1,
        ),
    ]
