"""The page of a day: text, lists and drawings put together in one file that asks for nothing outside."""

from __future__ import annotations

import math
from collections import defaultdict
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from armsim.domain import Grade
from armsim.errors import ArmsimError
from armsim.report.day import drawing
from armsim.report.day.film import Values, film, first_times, of_stretch, unit_name
from armsim.report.outlines import has_outlines
from armsim.report.words import printable
from armsim.study.replay import Replayed
from armsim.study.story import Story
from armsim.study.story_window import Stretch

#: Of a page beyond this size somebody should be told: browsers and mail become slow.
LARGE = 5_000_000
#: Simulated minutes a second that can be chosen, and which is chosen at first.
_SPEEDS = (0.5, 1, 5, 15, 60)
_FIRST_SPEED = 5
_STRAIGHT = (
    "Between two stamps of the log a unit is drawn on the straight line at even speed, "
    "not on the road it would take."
)
_ROADS = "Between two stamps of the log a unit is drawn along its road, in straight pieces of a minute each."


def day_page(replayed: Replayed, part: Stretch) -> bytes:
    """The page of a stretch of a replication that was replayed with its trails; equal bytes for equal input.

    Raises:
        ArmsimError: the extra ``interactive`` is not installed.
    """
    library = _library()
    story = Story(replayed)
    moving = film(story, part)
    east, north = moving["size"]
    scenario = replayed.world.scenario
    text = _environment().get_template("day.html.j2").render(
        library=library,
        title=printable(scenario.title),
        option=printable(replayed.option),
        replayed=replayed,
        start=story.clock(part.begin),
        ends=story.clock(part.end),
        film={key: value for key, value in moving.items() if key not in ("zones", "bases")},
        ground=drawing.ground_spec((east, north), moving["zones"], moving["bases"]),
        map=drawing.map_spec((east, north)),
        chart=drawing.chart_spec(moving),
        road_words=_ROADS if scenario.travel.kind == "road_network" else _STRAIGHT,
        outlines=has_outlines(replayed.world.zones),
        looks=drawing,
        kinds=_kinds_shown(moving),
        rows=_table(story, part),
        speeds=_SPEEDS,
        first_speed=_FIRST_SPEED,
    )  # fmt: skip
    return text.encode()


def _kinds_shown(moving: Values) -> list[Values]:
    """Kinds of which a unit is on duty, with their codes and numbers."""
    numbers: dict[int, int] = defaultdict(int)
    for unit in moving["units"]:
        numbers[unit["kind"]] += 1
    return [
        {"code": code, "count": numbers[code], **kind}
        for code, kind in enumerate(moving["kinds"])
        if code in numbers
    ]


def _table(story: Story, part: Stretch) -> list[Values]:
    """A row of text for each incident of the stretch."""
    arrivals, sent = first_times(story, "arrived_at"), _sent(story)
    rows = []
    for row in of_stretch(story, part):
        number = int(row["incident"])
        received = row["received_at"]
        # A booking is made days ahead; how long before is no response time.
        called = math.nan if row["grade"] == Grade.PLANNED else received
        rows.append(
            {
                "number": number,
                "minute": max(received, part.begin),
                "received": story.clock(received),
                "type": printable(story.kind(row)).replace("_", " "),
                "grade": story.grade(row),
                "zone": printable(story.zone(row)),
                "first": _wait(arrivals.get(number, math.nan) - called),
                "armed": _wait(row["first_armed_at"] - called),
                "units": ", ".join(sent.get(number, [])) or "none",
                "outcome": story.outcome(row),
            }
        )
    return rows


def _sent(story: Story) -> dict[int, list[str]]:
    """By incident, the names of the units sent, in order."""
    found: dict[int, list[str]] = defaultdict(list)
    table = story.tables["deployments"]
    for incident, unit in zip(table["incident"].tolist(), table["unit"].tolist(), strict=True):
        name = unit_name(story, int(unit))
        if name not in found[int(incident)]:
            found[int(incident)].append(name)
    return found


def _wait(minutes: float) -> str:
    return "–" if math.isnan(minutes) else f"{max(minutes, 0.0):.1f}"


@cache
def _library() -> Markup:
    """Vega and its ``vegaEmbed`` as one script, from vl-convert, which carries it and fetches nothing.

    Raises:
        ArmsimError: it is not installed.
    """
    try:
        import vl_convert  # noqa: PLC0415 (an extra)
    except ModuleNotFoundError as error:
        raise ArmsimError(
            f"the page of a replay needs Vega, which is not installed here (no module {error.name}): "
            "pip install 'armsim[interactive]'"
        ) from None
    script: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return Markup(script.replace("</script", "<\\/script"))


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("armsim.report.day"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "allow_nan": False}
    return made
