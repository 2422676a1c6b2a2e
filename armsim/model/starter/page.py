"""The starter scenario of a force as a commented YAML file."""

from __future__ import annotations

from collections.abc import Sequence

from armsim.config.shipped import SCHEMA
from armsim.model.geography import force_zones
from armsim.model.starter.critical import (
    GUARD,
    Post,
    armed_posts,
    arvs_kept,
    critical_settings,
    critical_sources,
    critical_yaml,
)
from armsim.model.starter.rules import DENSE, TEAM_PER_ARV, Sizes, force_sizes, to_step
from armsim.model.starter.setting import Setting, Value
from armsim.model.starter.settings import devices_of, establishments, resolution, settings_of
from armsim.model.starter.yaml_text import blocks, comment, mapping

#: What a starter extends, and where it looks for it.
EXTENDS = "severe"
BASE = "base"
_SPELL: list[Value] = [
    {"level": "SEVERE"},
    {"level": "CRITICAL", "at": "7 days 22 h"},
    {"level": "SEVERE", "at": "11 days 22 h"},
]
#: Overrides of critical.yaml that fit any force.
_AS_CRITICAL = ("no_backfill", "rest_days_kept", "no_reassurance")


def starter_yaml(slug: str, level: str = "SEVERE") -> str:
    """The file.

    Args:
        slug: short name of a force.
        level: name of the threat level that holds throughout, unless an override says otherwise.

    Raises:
        KeyError: no such force.
        DataError: a shipped table is missing or damaged.
    """
    sizes = force_sizes()[slug]
    posts = armed_posts(sizes, len(force_zones([slug], resolution(sizes))))
    settings = [*settings_of(sizes), *_threat(level), *critical_settings(sizes, posts)]
    parts = [
        _head(sizes, level),
        blocks(settings),
        f"overrides:\n{mapping(_overrides(sizes, posts, level), '  ')}",
        _register(settings),
    ]
    return "\n".join(parts)


def _head(sizes: Sizes, level: str) -> str:
    figures, base = sizes.figures, f"{BASE}/{EXTENDS}.yaml"
    name = _plain_name(figures.name)
    told = [
        f"{name} force area, {level} held: a starter scenario. ILLUSTRATIVE: bases are placed by p-median; "
        "fleet, people and demand are scaled from published figures by rules. No real base, deployment or "
        "number of vehicles on duty.",
        f"Published: {figures.people:,} residents (Census 2011), {figures.rural_share:.0%} of them rural, on "
        f"{figures.area_km2:,.0f} km2; {figures.officers:,.0f} officers and {figures.specials:,} special "
        f"constables (30 September 2018); {figures.recorded_crime:,} recorded offences (2017/18).",
        "Geography: ONS census zones; crime and workforce: Home Office (Open Government Licence v3.0).",
        f"What is not written here is as in {base}, which was made for Leicestershire: armsim show FILE "
        "prints all of it, each value with the line that sets it. Put in your own numbers, and their sources "
        "at the end.",
        *_warnings(sizes),
    ]
    lines = [line for text in told for line in comment(text)]
    settings = mapping(
        {
            "armsim": 1,
            "extends": base,
            # Without the level, which an override may change.
            "title": f"{name} force area, starter",
            "description": f"Armed response in the {name} force area; scaled by rules, illustrative.",
        }
    )
    schema = f"# yaml-language-server: $schema={BASE}/{SCHEMA}"
    return "\n".join([schema, *lines, settings])


def _plain_name(official: str) -> str:
    """A force's name as people say it: City of London, not London, City of."""
    return " ".join(reversed(official.split(", ")))


def _warnings(sizes: Sizes) -> list[str]:
    """What to expect of a force of this kind."""
    dense = sizes.figures.people_per_km2 > DENSE
    found = []
    if dense:
        found.append(
            "Expect response times that are better than published ones: one pool for the whole area, no "
            "grade 3 work and free-flowing traffic flatter a large town."
        )
    if sizes.arvs.value <= 2 and not dense:
        found.append(
            "Expect long waits for armed response: two armed vehicles on an average shift and no aid."
        )
    if sizes.operations.letter in ("R", "R*", "N"):
        found.append(
            "Firearms operations are not published for the force: its share of a larger area's is used, and "
            "is the first number to replace."
        )
    if sizes.operations.letter == "A":
        found.append(
            "Firearms operations are an assumption: no figure of the year was found for the force. It is the "
            "first number to replace."
        )
    return found


def _threat(level: str) -> list[Setting]:
    timeline: list[Value] = [{"level": level}]
    settings = [Setting("threat.timeline", timeline)]
    if level not in ("SEVERE", "CRITICAL"):
        quiet = "No posts; duty as rostered: no public source says what differs from SEVERE"
        settings.append(Setting(f"threat.levels.{level}.description", quiet))
    return settings


def _overrides(sizes: Sizes, posts: Sequence[Post], level: str) -> dict[str, Value]:
    """Levels to try, the overrides of critical.yaml, and those of severe.yaml whose numbers must fit."""
    given = critical_yaml()["overrides"]
    guards: list[Value] = [
        f"threat.levels.CRITICAL.posts.{post.name}" for post in posts if post.kind is GUARD
    ]
    made: dict[str, Value] = {
        "critical_spell": _set(
            "Four days at CRITICAL from 22:00 on day 7, with posts, 12-hour shifts and military backfill",
            {"threat.timeline": _SPELL},
        ),
        **{
            f"{one.lower()}_held": _set(
                f"{one} from the first minute to the last", {"threat.timeline": [{"level": one}]}
            )
            for one in ("SEVERE", "CRITICAL")
            if one != level
        },
        **{name: given[name] for name in _AS_CRITICAL},
        "visible_patrols_only": {
            "description": "No guarded sites at CRITICAL; only the patrols",
            "remove": guards,
        },
        "keep_one_more_arv": _set(
            "One more armed response vehicle stays on patrol while posts are filled",
            {"threat.levels.CRITICAL.reserve.arv.POST": arvs_kept(sizes) + 1},
        ),
        "keep_one_arv_fewer": _set(
            "One armed response vehicle fewer stays on patrol while posts are filled",
            {"threat.levels.CRITICAL.reserve.arv.POST": arvs_kept(sizes) - 1},
        ),
    }
    return made | _fitted(sizes)


def _fitted(sizes: Sizes) -> dict[str, Value]:
    """Overrides inherited from severe.yaml, with numbers of this force."""
    response, arv = establishments(sizes)
    more, devices = TEAM_PER_ARV[sizes.crew], devices_of(sizes)
    fitted: dict[str, Value] = {
        "one_more_arv_crew": _set(
            f"One more armed response vehicle crewed on an average shift; {more} officers and two vehicles "
            "more",
            {"teams.arv.establishment": arv + more, "units.arv.vehicles": 2 * sizes.arvs.value + 3},
        ),
        "larger_arv_reserve": {"set": {"dispatch.reserve.arv.G1": sizes.arv_reserve + 1}},
        "larger_desk": {"set": {"desk.capacity": sizes.desk + 1}},
        "more_ced": {
            "set": {
                "teams.response.ced_share": {"REGULAR": 0.555},
                "teams.response.ced_devices": to_step(devices * 120 / 70),
            }
        },
        "students_with_ced": {
            "set": {
                "teams.response.ced_share": {"REGULAR": 0.33, "STUDENT": 0.33},
                "teams.response.ced_devices": to_step(devices * 80 / 70),
                "people.ced.allowed_early": ["STUDENT"],
            }
        },
        "fewer_response_officers": {"set": {"teams.response.establishment": to_step(response * 309 / 360)}},
    }
    if sizes.crew == 3:
        fitted["arv_crew_of_three"] = {
            "description": "Crews of three in armed response vehicles, which the file has"
        }
        fitted["arv_crew_of_two"] = _set(
            "Crews of two in armed response vehicles, from the same officers", {"units.arv.crew": 2}
        )
    return fitted


def _set(description: str, values: dict[str, Value]) -> dict[str, Value]:
    return {"description": description, "set": values}


def _register(settings: Sequence[Setting]) -> str:
    """The ``sources:`` block: what the settings say of themselves, then what else critical.yaml registers."""
    entries: dict[str, Value] = {one.path: _entry(one) for one in settings if one.source}
    for path, entry in critical_sources().items():
        entries.setdefault(path, dict(entry))
    told = comment(
        'Where each number comes from. A path covers all below it. "assumption" means that no public source '
        "was found; low and high are then the range to sweep. What is not named here is in "
        f"{BASE}/{EXTENDS}.yaml."
    )
    return "\n".join([*told, "sources:", mapping(entries, "  ", width=None)])


def _entry(setting: Setting) -> dict[str, Value]:
    ends: dict[str, Value] = {"low": setting.low, "high": setting.high}
    return {"source": setting.source, **{name: end for name, end in ends.items() if end is not None}}
