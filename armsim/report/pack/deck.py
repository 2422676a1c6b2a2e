"""The deck: question and answer first, then options, response, people, money, assumptions, method and run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from armsim.report.files import SLIDE_DPI, drawn
from armsim.report.pack.material import OPTIONS, Material, Placed
from armsim.report.pack.native import native_of
from armsim.report.pack.slides import Deck
from armsim.report.pack.tables import flat, tables_of
from armsim.report.page.parts import Cell, Points, Table, Words

#: Standard charts that have a slide for each condition, in this order; the pack has all of them.
_CHARTS = (
    "response_times", "armed_percentiles", "response_parts", "response_by_grade", "arv_availability",
    "arv_by_hour", "arv_utilisation", "second_incident", "arv_by_force", "potential_response_map",
    "replications_enough",
)  # fmt: skip
#: Of these that of the first condition is enough.
_ONCE = ("potential_response_map", "replications_enough")
_MOST_CHANGES = 8


def deck_bytes(material: Material) -> bytes:
    """The deck as a file."""
    view = material.view
    title = view.results.title
    deck = Deck(title, material.source)
    _opening(deck, material)
    _tables(deck, material, "answer", 3, 2)
    _tables(deck, material, "question", 2)
    _tables(deck, material, "options", 4, 3)
    _charts(deck, (one for one in material.charts if one.folder == OPTIONS))
    standard = [one for one in material.charts if one.folder != OPTIONS]
    for name in _CHARTS:
        mine = [one for one in standard if one.chart.name == name]
        _charts(deck, mine[:1] if name in _ONCE else mine)
    _tables(deck, material, "people", 2, 2)
    _tables(deck, material, "money", 2, 2)
    deck.words("What the money is made of", _said(material, "money"))
    _changes(deck, material)
    deck.words("Assumptions and their sources", _said(material, "sources"))
    _tables(deck, material, "sources", 1)
    deck.words("How it was worked out", _paragraphs(material, "method"))
    deck.words("What it cannot say", _points(material, "method"))
    _tables(deck, material, "run", 1)
    return deck.content()


def _opening(deck: Deck, material: Material) -> None:
    view = material.view
    question = " ".join(_paragraphs(material, "question"))
    head = " ".join(_paragraphs(material, "answer"))
    points = _points(material, "answer")
    deck.opening(view.results.title, question, head, "\n".join([question, head, *points]))
    deck.words("What the answer rests on", points)


def _paragraphs(material: Material, name: str) -> list[str]:
    blocks = flat(material.section(name))
    return [text for one in blocks if isinstance(one, Words) for text in one.paragraphs]


def _points(material: Material, name: str) -> list[str]:
    blocks = flat(material.section(name))
    return [text for one in blocks if isinstance(one, Points) for text in one.items]


def _said(material: Material, name: str) -> list[str]:
    return [*_paragraphs(material, name), *_points(material, name)]


def _tables(deck: Deck, material: Material, name: str, most: int, slides: int = 1) -> None:
    """The first *most* tables of a section, each on so many slides at most."""
    for table in tables_of(material.section(name))[:most]:
        deck.table(_turned(table), table.caption, most_slides=slides)


def _turned(table: Table) -> Table:
    """A table of one row and many columns as one of many rows, which has room for all of them."""
    if len(table.rows) != 1 or len(table.head) < 4:
        return table
    name, *cells = table.rows[0]
    rows = tuple((Cell(head), cell) for head, cell in zip(table.head[1:], cells, strict=True))
    return replace(table, head=("Figure", name.text), rows=rows)


def _changes(deck: Deck, material: Material) -> None:
    """What each option changes, as many as a council will look at; the tables have them all."""
    for table in tables_of(material.section("changes"))[:_MOST_CHANGES]:
        slim = replace(table, head=table.head[:3], rows=tuple(row[:3] for row in table.rows))
        deck.table(slim, f"What changes: {table.caption}", most_slides=1)


def _charts(deck: Deck, charts: Iterable[Placed]) -> None:
    for placed in charts:
        chart = placed.chart
        title = f"{placed.condition}: {chart.title}" if placed.condition else chart.title
        words = chart.caption.removesuffix(chart.context.source).strip()  # the source stands at the foot
        notes, native = f"{chart.caption}\n\n{chart.alt}", native_of(chart)
        if native is not None:
            deck.chart(title, native, native.caption or words, notes, chart.alt)
        else:
            deck.picture(title, drawn(chart, "png", SLIDE_DPI, bare=True), words, notes, chart.alt)
