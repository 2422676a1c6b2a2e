"""What a page is made of: sections of words, tables and pictures. The template says how they look."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal, NamedTuple

Tone = Literal["", "better", "worse", "quiet"]


class Cell(NamedTuple):
    """A cell of a table.

    Attributes:
        text: what it says.
        small: what stands under it in small type, such as limits.
        tone: whether it says better or worse; the words say so too.
    """

    text: str
    small: str = ""
    tone: Tone = ""


Row = tuple[Cell, ...]


def row(*cells: str | Cell) -> Row:
    """A row of cells, given as text or ready."""
    return tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in cells)


@dataclass(frozen=True, slots=True)
class Words:
    """Paragraphs.

    Attributes:
        paragraphs: one text each.
        look: ``answer`` for the answer, ``note`` for what has to be said besides.
    """

    kind: ClassVar[str] = "words"
    paragraphs: tuple[str, ...]
    look: Literal["", "answer", "note"] = ""


@dataclass(frozen=True, slots=True)
class Points:
    """A list of short sentences."""

    kind: ClassVar[str] = "points"
    items: tuple[str, ...]


class Tile(NamedTuple):
    """One figure in large type: what it is, its value, its limits."""

    label: str
    value: str
    small: str


@dataclass(frozen=True, slots=True)
class Tiles:
    """Figures in large type."""

    kind: ClassVar[str] = "tiles"
    title: str
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first column heads its rows.

    Attributes:
        caption: what it shows.
        head: column headings.
        rows: its rows, as long as the head.
        note: what stands under it.
        prose: the columns hold words, not figures.
        folded: the words of the control that unfolds it; empty when it is always open.
        paper: unfolded on paper.
    """

    kind: ClassVar[str] = "table"
    caption: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""
    prose: bool = False
    folded: str = ""
    paper: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart, its words and its table.

    Attributes:
        name: unique on the page.
        title: the finding.
        svg: the drawing, ready for the page.
        alt: text for those who cannot see it.
        caption: measure, unit, population and source.
        table: its figures.
        live: name of the chart to be explored that takes its place on a screen; empty without one.
        how: how that one is used.
    """

    kind: ClassVar[str] = "picture"
    name: str
    title: str
    svg: str
    alt: str
    caption: str
    table: Table
    live: str = ""
    how: str = ""


@dataclass(frozen=True, slots=True)
class Folded:
    """Parts behind a control that unfolds them; on paper they are unfolded.

    Attributes:
        words: of the control.
        blocks: the parts.
    """

    kind: ClassVar[str] = "folded"
    words: str
    blocks: tuple[Words | Points | Table | Picture, ...]


Block = Words | Points | Tiles | Table | Picture | Folded


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the page.

    Attributes:
        name: unique; its anchor.
        title: its heading.
        blocks: its parts; a section without any is left out.
    """

    name: str
    title: str
    blocks: tuple[Block, ...] = field(default=())
