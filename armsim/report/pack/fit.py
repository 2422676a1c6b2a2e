"""How much room text takes on a slide: what fits, what goes on on the next one, what is cut."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import replace

from armsim.report.page.parts import Cell, Table
from armsim.report.words import printable

#: Width of what a slide holds, and where it begins and ends, in inches.
ACROSS, TOP, FOOT = 12.133, 1.45, 6.85
BODY_PT = 20
#: Mean width of a sign of the font, of its height: more than it is, so that nothing runs over.
_SIGN = 0.54
_SIGN_BOLD = 0.62
_LINE = 1.22
_MOST_LINES_OF_A_CELL = 8


def lines_of(text: str, size: int, across: float) -> list[str]:
    """The lines that a text has at a size in points and a width in inches."""
    signs = max(int(across * 72 / (size * _SIGN)), 4)
    return [line for part in text.split("\n") for line in textwrap.wrap(part, signs) or [""]]


def high(lines: int, size: int) -> float:
    """How many inches some lines take."""
    return lines * size * _LINE / 72


def fitting(paragraphs: Sequence[str], most: int, least: int, room: float) -> int:
    """The largest size at which some paragraphs fit into a height, or the least."""
    for size in range(most, least, -1):
        if high(sum(len(lines_of(text, size, ACROSS - 0.2)) for text in paragraphs), size) <= room:
            return size
    return least


def cut_to(text: str, size: int, inches: float) -> str:
    """The text, or as much of it as fits into a height, with an ellipsis."""
    lines, room = lines_of(text, size, ACROSS - 0.2), max(int(inches / high(1, size)), 1)
    return text if len(lines) <= room else " ".join(lines[:room]).rstrip(" ,;.") + "…"


def pages_of(points: Sequence[str]) -> Iterator[list[str]]:
    """Points, parted into slides by the room they take; one that fills a slide alone is cut."""
    room, page, used = FOOT - TOP - 0.2, list[str](), 0.0
    for text in points:
        short = cut_to(text, BODY_PT, room)
        tall = high(len(lines_of(short, BODY_PT, ACROSS - 0.6)), BODY_PT) + 8 / 72
        if page and used + tall > room:
            yield page
            page, used = [], 0.0
        page.append(short)
        used += tall
    if page:
        yield page


def narrowed(table: Table, size: int) -> tuple[Table, int]:
    """The table with the first of its columns that fit without breaking a word, and how many are left out."""
    used, kept = 0.0, 0
    for least in _least_widths(table, size):
        used += least
        if used > ACROSS and kept >= 2:
            break
        kept += 1
    rows = tuple(row[:kept] for row in table.rows)
    return replace(table, head=table.head[:kept], rows=rows), len(table.head) - kept


def _least_widths(table: Table, size: int) -> list[float]:
    """Width in inches of the longest word of each column, at most a quarter of the slide."""
    found = []
    for index, head in enumerate(table.head):
        texts = [head, *(text for row in table.rows for text in (row[index].text, row[index].small))]
        longest = max(len(word) for text in texts for word in (printable(text).split() or [""]))
        found.append(min(longest * size * _SIGN_BOLD / 72 + 0.2, ACROSS / 4))
    return found


def widths_of(table: Table, size: int) -> list[float]:
    """Widths of columns in inches: room for the longest word, and the rest by how much text there is."""
    least = _least_widths(table, size)
    scale = min(1.0, ACROSS / sum(least))
    spare = max(ACROSS - sum(least), 0.0)
    wanted = [
        math.sqrt(max([len(head), *(_longest(row[index]) for row in table.rows)]))
        for index, head in enumerate(table.head)
    ]
    return [scale * one + spare * share / sum(wanted) for one, share in zip(least, wanted, strict=True)]


def _longest(cell: Cell) -> int:
    return max(len(cell.text), len(cell.small))


def row_high(row: Sequence[Cell], widths: Sequence[float], size: int) -> float:
    """How many inches a row of a table takes."""
    lines = 1
    for cell, width in zip(row, widths, strict=True):
        texts = [printable(one) for one in (cell.text, cell.small) if one]
        lines = max(lines, sum(len(lines_of(text, size, width - 0.2)) for text in texts))
    return high(lines, size) + 0.12


def with_head(table: Table, rows: Sequence[Sequence[Cell]]) -> list[Sequence[Cell]]:
    """Some rows of a table under its head."""
    return [[Cell(name) for name in table.head], *rows]


def row_pages(table: Table, widths: Sequence[float], size: int) -> Iterator[list[Sequence[Cell]]]:
    """Rows, parted into slides by the room they take; long cells are cut."""
    head = row_high(with_head(table, [])[0], widths, size)
    page, used = list[Sequence[Cell]](), head
    for row in table.rows:
        short = [_short(cell, size, width) for cell, width in zip(row, widths, strict=True)]
        tall = row_high(short, widths, size)
        if page and used + tall > FOOT - TOP - 0.1:
            yield page
            page, used = [], head
        page.append(short)
        used += tall
    yield page


def _short(cell: Cell, size: int, width: float) -> Cell:
    def cut(text: str) -> str:
        lines = lines_of(printable(text), size, width - 0.2)
        most = _MOST_LINES_OF_A_CELL
        return text if len(lines) <= most else " ".join(lines[:most]).rstrip(" ,;.") + "…"

    return cell._replace(text=cut(cell.text), small=cut(cell.small) if cell.small else "")
