"""The page of a validation: verdicts, charts, who is sent where, what the log cannot show, the method."""

from __future__ import annotations

import math
from pathlib import Path

from armsim.analysis.agreement.findings import Finding
from armsim.analysis.agreement.margins import DEFAULTS, Verdict
from armsim.report.chart_validation import charts
from armsim.report.page.page import rendered
from armsim.report.page.parts import Block, Cell, Points, Row, Section, Table, Tile, Tiles, Tone, Words, row
from armsim.report.page.pictures import picture
from armsim.report.record import Chart
from armsim.study import files
from armsim.study.validate.held import Validation

_TONES: dict[Verdict, Tone] = {Verdict.AGREES: "better", Verdict.NOT_SHOWN: "quiet", Verdict.DIFFERS: "worse"}
_MARKS = {Verdict.AGREES: "✓", Verdict.NOT_SHOWN: "?", Verdict.DIFFERS: "✗"}
#: Cells of the dispatch matrix that are shown, and cells of a group that differ.
_MOST = 20
_GROUPS = {
    "hour": "hour of the day",
    "area": "area",
    "type": "type of incident",
    "kind": "kind of unit, its first arrival",
    "base": "base of the first unit",
}


def write_page(found: Validation, path: Path, drawn: list[Chart] | None = None) -> None:
    """Write the page, whole or not at all.

    Args:
        found: the validation.
        path: the file.
        drawn: its charts, where they were drawn already.

    Raises:
        RunFolderError: the file cannot be written.
    """
    files.write_bytes(path, page_of(found, charts(found) if drawn is None else drawn).encode("utf-8"))


def page_of(found: Validation, drawn: list[Chart]) -> str:
    """The text of the page."""
    line = (
        f"Held against {found.log} · {found.days} days from {found.first.day} {found.first:%B %Y} · "
        f"{found.incidents:,} incidents · {found.replications:,} replications"
    )
    return rendered(
        title=f"Validation: {found.title}",
        line=line,
        run_id=found.run_id,
        version=found.version,
        notes=found.remarks,
        sections=sections(found, drawn),
    )


def sections(found: Validation, drawn: list[Chart]) -> list[Section]:
    """The sections of the page in order; those without anything to say are left out."""
    made = [
        Section("answer", "The answer", tuple(_answer(found))),
        Section("verdicts", "Verdict by measure", (_verdicts(found),)),
        Section(
            "curves", "Log and simulation", tuple(picture(one, one.name.replace("_", "-")) for one in drawn)
        ),
        Section("dispatch", "Who is sent where", tuple(_dispatch(found))),
        Section("groups", "By hour, area, type, kind and base", tuple(_groups(found))),
        Section("cannot", "What the log cannot show", (Points(found.cannot),) if found.cannot else ()),
        Section("method", "How it was compared", (Words(_method(found)),)),
        Section("identity", "Log and run", (_identity(found),)),
    ]
    return [one for one in made if one.blocks]


def _answer(found: Validation) -> list[Block]:
    tiles = [
        Tile(one.label, figure(one.simulated, one.unit), f"log {figure(one.log, one.unit)}; {one.judgement}")
        for one in found.agreement.overall
        if one.measure in found.primary
    ]
    open_ = [
        one
        for one in found.agreement.overall
        if one.verdict is not Verdict.AGREES and one.measure not in found.primary
    ]
    blocks: list[Block] = [Words((found.headline,), "answer")]
    if tiles:
        blocks.append(Tiles("Primary measures, simulated", tuple(tiles)))
    if open_:
        blocks.append(Points(tuple(f"{one.label}: {one.judgement}." for one in open_)))
    return blocks


def _verdicts(found: Validation) -> Table:
    rows = tuple(_verdict(one, one.measure in found.primary) for one in found.agreement.overall)
    return Table(
        "Each measure over all incidents",
        ("Measure", "Log", "Simulation", "Difference, 90% limits", "Margin", "Verdict"),
        rows,
        "A measure agrees when its whole interval lies inside the margin, and differs when it lies outside; "
        "else agreement is not shown, which is not a finding of disagreement. Primary measures are marked.",
    )


def _verdict(one: Finding, primary: bool) -> Row:
    small = f"{one.count:,} in the log" + ("; primary" if primary else "")
    return row(
        Cell(one.label, small),
        figure(one.log, one.unit),
        figure(one.simulated, one.unit),
        Cell(difference(one, one.difference), limits(one)),
        f"{'not worse by ' if one.margin.one_sided else ''}{one.margin.words}",
        Cell(f"{_MARKS[one.verdict]} {one.judgement}", "", _TONES[one.verdict]),
    )


def figure(value: float, unit: str) -> str:
    """A figure with its unit."""
    if math.isnan(value):
        return "cannot be told"
    if math.isinf(value):
        return "never reached"
    if unit == "share":
        return f"{100 * value:.1f}%"
    return f"{value:.2f} min" if unit == "min" else f"{value:,.1f}"


def difference(one: Finding, value: float) -> str:
    """A difference of a finding, or one of its limits, as its margin counts."""
    if math.isnan(value) or math.isinf(value):
        return "never reached" if math.isinf(value) else "cannot be told"
    if one.margin.relative:
        return f"{100 * value:+.1f}%"
    return f"{100 * value:+.1f} points" if one.unit == "share" else f"{60 * value:+.0f} s"


def limits(one: Finding) -> str:
    """The limits of a finding's difference."""
    if math.isnan(one.low) or math.isnan(one.high):
        return "limits cannot be told"
    low, high = difference(one, one.low), difference(one, one.high)
    unit = high.lstrip("+-0123456789.")
    return f"{low.removesuffix(unit)} to {high}"


def _dispatch(found: Validation) -> list[Block]:
    sent = found.agreement.dispatch
    if sent is None:
        return []
    chance = "" if math.isnan(sent.by_chance) else f", of which {sent.by_chance:.1%} by chance alone"
    words = (
        f"The simulated first unit comes from the base that the log has at {sent.same_base:.1%} of "
        f"{sent.incidents:,} incidents. Sending the base nearest by straight line would be right at "
        f"{sent.nearest:.1%}: so often it comes from there in the log, and at {sent.from_nearest:.1%} in the "
        "simulation. Where the log is far below the simulation, units are away more often than incidents "
        "alone explain. To make the two dispatch matrices (base by area) equal, "
        f"{sent.distance:.1%} of incidents would have to come from another base{chance}."
    )
    worst = sent.matrix.head(_MOST)
    rows = tuple(
        row(
            str(one["area"]), str(one["base"]), f"{one['incidents']:,}", f"{one['log']:.0%}",
            f"{one['simulated']:.0%}", f"{100 * one['gap']:+.0f} points",
        )
        for one in worst.to_dict("records")
    )  # fmt: skip
    head = ("Area", "Base", "Incidents there", "Log", "Simulation", "Difference")
    note = (
        f"The {len(worst)} cells that move most incidents, of {len(sent.matrix):,}; the others are in "
        "dispatch_matrix.csv."
    )
    return [
        Words((words,)),
        Table("Share of an area's first units by base: largest differences", head, rows, note),
    ]


def _groups(found: Validation) -> list[Block]:
    counts = found.agreement.counts
    if not counts:
        return []
    rows = tuple(
        row(_GROUPS.get(one.group, one.group).capitalize(), one.label, f"{one.agrees}", f"{one.not_shown}",
            Cell(f"{one.differs}", "", "worse" if one.differs else ""))
        for one in counts
    )  # fmt: skip
    note = (
        "Small cells have wide limits, so that agreement is seldom shown in them; look at those that "
        "differ. With this "
        "many cells one in twenty may differ by chance where the true difference is as large as the margin."
    )
    blocks: list[Block] = [
        Table("Verdicts by cell", ("By", "Measure", "Agree", "Not shown", "Differ"), rows, note)
    ]
    apart = [one for one in found.agreement.findings if one.group and one.verdict is Verdict.DIFFERS]
    if apart:
        lines = tuple(
            row(
                Cell(one.cell, _GROUPS.get(one.group, one.group)),
                one.label,
                figure(one.log, one.unit),
                figure(one.simulated, one.unit),
                Cell(difference(one, one.difference), limits(one)),
            )
            for one in apart[: 3 * _MOST]
        )
        head = ("Cell", "Measure", "Log", "Simulation", "Difference, 90% limits")
        more = f"{len(apart) - len(lines)} more are in validation.csv." if len(apart) > len(lines) else ""
        blocks.append(Table("Cells that differ by more than the margin", head, lines, more))
    return blocks


def _method(found: Validation) -> tuple[str, ...]:
    usual = [name for name in found.margins if found.margins[name].words and name not in found.stated]
    stated = "; ".join(
        f"{name} {found.margins[name].words} ({where})" for name, where in found.stated.items()
    )
    return (
        "The incidents of the log were put into the scenario exactly when and where they happened, with "
        "the units that "
        "were recorded as sent, and everything that the log does not say (turn-out, travel, work on "
        "scene, whatever is "
        "not recorded) was drawn from the scenario's laws. Each replication draws it anew. The same "
        "incidents are then "
        "compared: a measure of the n-th arrival is taken over the incidents at which the log has an n-th "
        "arrival.",
        "Uncertainty: days are resampled, 1,000 times, the same days for log and simulation, since calls "
        "of a day share "
        "its weather, crews and queue; with them the replications. The limits are the 5th and 95th "
        "percentile of the "
        "difference; of distances and counts of cells, which chance pushes one way, the spread is centred "
        "on the figure.",
        "Verdict: two one-sided tests at 5%. The margin, a difference that does not matter, is stated "
        "before the run: "
        "the interval must lie inside it for agreement. Asking whether a difference is “not significant” "
        "would reward "
        "having few data, and is not done. Since agreement is asked of every measure by itself, no "
        "correction for their "
        "number is needed for agreement on all.",
        f"Margins stated for this comparison: {stated or 'none; the usual ones hold'}. The usual margin "
        f"holds for "
        f"{len(usual)} of {len(DEFAULTS)} kinds of measure.",
    )  # fmt: skip


def _identity(found: Validation) -> Table:
    rows = [
        row("Log", found.log),
        row("Rows of the log read", f"{found.rows:,}, of which {found.rejected:,} were kept aside as faulty"),
        row("Window", f"{found.first} until {found.until} (the day after the last)"),
        row("Incidents", f"{found.incidents:,}; {found.attended:,} with an arrival in the log"),
        row("Run", f"{found.run_id}, digest {found.digest}"),
        row("Seed", f"{found.seed}"),
        *(row(f"SHA-256 of {Path(name).name}", sha) for name, sha in sorted(found.files.items())),
    ]
    return Table("What the figures rest on", ("What", "Which"), tuple(rows), prose=True)
