"""The section by area: the map, town and country, and forces, option by option where they share an area."""

from __future__ import annotations

from collections.abc import Iterator

from armsim.report.gather import arv_bases
from armsim.report.outlines import has_outlines
from armsim.report.page.figures import figure_cell
from armsim.report.page.parts import Block, Section, Table, row
from armsim.report.page.sections import Drawn
from armsim.report.page.tables import MANY_RUNS, Line, by_run, responses_of
from armsim.report.page.view import View

_FORCE_LINES = (
    Line("No ARV free", "no_arv_free", {}),
    Line("ARVs free", "arvs_free", {}),
    Line("ARVs at work elsewhere, a week", "arv_away", {}),
    Line("ARVs of others at work here, a week", "arv_helped", {}),
)


def areas(view: View, drawn: Drawn) -> Section:
    """The map of potential response, town and country, forces."""
    how = "Choose a run and a threat level; the heading is about the first. Point at a zone to read it."
    if not has_outlines(view.results.zones):
        how += " Cells are drawn from zone centres; they are not boundaries."
    if any(len(arv_bases(view.manifest, name)) for name in view.results.options):
        how += " Orange dots are bases that house ARVs (illustrative)."
    blocks: list[Block] = [*drawn.take(["potential_response_map"], "map", how), *_town_and_country(view)]
    blocks += drawn.take(["arv_by_force"])
    blocks += _forces(view)
    return Section("areas", "By area", tuple(blocks))


def _town_and_country(view: View) -> Iterator[Table]:
    parts = [(f"{name}, {area}", name, area, "") for name in view.firsts for area in ("urban", "rural")]
    head, rows = responses_of(view, parts)
    if head:
        yield by_run("Minutes from the call, town and country", ("Run and zones", *head), rows)


def _forces(view: View) -> Iterator[Table]:
    """Where there are several forces: their ARVs and their response, of every run unless there are many."""
    names = view.results.options if len(view.results.options) <= MANY_RUNS else view.firsts
    parts = [(f"{force}, {name}", name, "", force) for name in names for force in view.option(name).parts]
    parts.sort(key=lambda part: part[3])
    if not parts:
        return
    rows = [
        row(label, *(figure_cell(view.figure(name, one.metric, force=force)) for one in _FORCE_LINES))
        for label, name, _, force in parts
    ]
    head = ("Force that pays, and run", *(one.label for one in _FORCE_LINES))
    yield by_run("ARVs by force", head, rows)
    columns, responses = responses_of(view, parts)
    if columns:
        yield by_run("Minutes from the call, by force", ("Force, and run", *columns), responses)
