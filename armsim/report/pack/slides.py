"""Slides of words, tables, charts and pictures: real titles, text that stays text, nothing past an edge.

Body text is never below 18 points and table text never below 14; what does not fit goes on on the next slide.
Importing this takes python-pptx, the extra ``pack``. The file is the same bytes for the same content.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pptx
from pptx.enum.lang import MSO_LANGUAGE_ID
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.presentation import Presentation
from pptx.util import Emu, Inches, Pt

from armsim.report.pack.fit import (
    ACROSS,
    BODY_PT,
    FOOT,
    TOP,
    cut_to,
    fitting,
    narrowed,
    pages_of,
    row_high,
    row_pages,
    widths_of,
    with_head,
)
from armsim.report.pack.native import Native
from armsim.report.pack.native_xml import add_chart, rgb
from armsim.report.pack.timeless import timeless
from armsim.report.page.parts import Cell, Table
from armsim.report.style import CATEGORICAL, INK, QUIET, SHADE
from armsim.report.words import printable

WIDE_IN, HIGH_IN = 13.333, 7.5
_LEFT = (WIDE_IN - ACROSS) / 2
_FONT = "Arial"
_TITLE_PT, _TABLE_PT, _LEAST_TABLE_PT, _SMALL_PT = 28, 16, 14, 11
_EPOCH = datetime(2000, 1, 1)
#: A minus in a sentence: a line may end after a hyphen, and its figure would then look positive.
_AMID = re.compile(r"(?<=[ (£])-(?=[\d£])")


class Deck:
    """A deck being made.

    Args:
        title: its title, kept as a property of the file.
        source: what stands at the foot of every slide.
    """

    def __init__(self, title: str, source: str) -> None:
        self._file = _presentation()
        self._source = printable(source)
        properties = self._file.core_properties
        properties.title, properties.author, properties.last_modified_by = (
            printable(title),
            "armsim",
            "armsim",
        )
        properties.created = properties.modified = _EPOCH
        properties.revision = 1

    def opening(self, title: str, question: str, answer: str, notes: str) -> None:
        """The first slide: the question, and the answer in a sentence."""
        slide = self._slide(title, notes)
        top = TOP
        for lead, text, most in (("The question", question, 22), ("The answer", answer, 26)):
            self._text(slide, [lead], top, 0.5, 18, bold=True, colour=CATEGORICAL[2])
            size = fitting([printable(text)], most, BODY_PT - 2, 2.0)
            short = cut_to(printable(text), size, 2.0)
            self._text(slide, [short], top + 0.45, 2.0, size, bold=lead == "The answer")
            top += 2.65

    def words(self, title: str, points: Sequence[str]) -> None:
        """Points, on as many slides as they need."""
        for number, part in enumerate(pages_of([printable(one) for one in points])):
            slide = self._slide(_continued(title, number), self._source)
            self._text(slide, part, TOP, FOOT - TOP, BODY_PT, bullets=True)

    def table(self, table: Table, title: str, most_slides: int = 2) -> None:
        """A native table, on as many slides as it needs, at most *most_slides*; it says where the rest is."""
        size = _TABLE_PT if len(table.head) <= 5 else _LEAST_TABLE_PT
        shown, dropped = narrowed(table, size)
        widths = widths_of(shown, size)
        pages = list(row_pages(shown, widths, size))
        left = sum(len(rows) for rows in pages[most_slides:])
        for number, rows in enumerate(pages[:most_slides]):
            slide = self._slide(_continued(title, number), f"{table.note}\n{self._source}".strip())
            self._grid(slide, shown, rows, widths, size)
            if dropped or (left and number == most_slides - 1):
                self._rest(slide, left if number == most_slides - 1 else 0, dropped)

    def _rest(self, slide: Any, rows: int, columns: int) -> None:
        """Where what is not on the slides is."""
        counts = [
            f"{count} more {word}{'' if count == 1 else 's'}"
            for count, word in ((rows, "row"), (columns, "column"))
            if count
        ]
        be = "is" if rows + columns == 1 else "are"
        self._text(
            slide,
            [f"{' and '.join(counts)} {be} in tables/tables.html."],
            FOOT - 0.15,
            0.35,
            14,
            colour=QUIET,
        )

    def chart(self, title: str, chart: Native, caption: str, notes: str, alt: str) -> None:
        """A chart that PowerPoint draws."""
        slide = self._slide(title, notes)
        frame = add_chart(slide, chart, (_LEFT, TOP, ACROSS, FOOT - TOP - 0.75))
        _describe(frame, alt)
        self._caption(slide, caption)

    def picture(self, title: str, png: bytes, caption: str, notes: str, alt: str) -> None:
        """A picture, as large as fits."""
        slide = self._slide(title, notes)
        shape = slide.shapes.add_picture(io.BytesIO(png), Inches(_LEFT), Inches(TOP))
        room = Inches(ACROSS), Inches(FOOT - TOP - 0.65)
        scale = min(room[0] / shape.width, room[1] / shape.height)
        shape.width, shape.height = Emu(int(shape.width * scale)), Emu(int(shape.height * scale))
        shape.left = Emu((Inches(WIDE_IN) - shape.width) // 2)
        _describe(shape, alt)
        self._caption(slide, caption)

    def content(self) -> bytes:
        """The file."""
        made = io.BytesIO()
        self._file.save(made)
        return timeless(made.getvalue())

    # --- pieces ---------------------------------------------------------------------------------------

    def _slide(self, title: str, notes: str) -> Any:
        """A slide with its title, its source line, its number, and notes for the speaker."""
        slide: Any = self._file.slides.add_slide(self._file.slide_layouts[5])
        head = slide.shapes.title
        head.left, head.top, head.width, head.height = (
            Inches(one) for one in (_LEFT, 0.35, ACROSS, TOP - 0.45)
        )
        size = fitting([printable(title)], _TITLE_PT, 20, TOP - 0.5)
        _write(head.text_frame, [cut_to(printable(title), size, TOP - 0.5)], size, bold=True)
        head.text_frame.word_wrap = True
        self._text(slide, [self._source], 7.02, 0.35, _SMALL_PT, colour=QUIET, across=ACROSS - 0.8)
        number = str(len(self._file.slides))
        self._text(
            slide, [number], 7.02, 0.35, _SMALL_PT, colour=QUIET, left=_LEFT + ACROSS - 0.7, across=0.7
        )
        slide.notes_slide.notes_text_frame.text = printable(notes)
        return slide

    def _caption(self, slide: Any, caption: str) -> None:
        text = cut_to(printable(caption), 12, 0.55)
        self._text(slide, [text], FOOT - 0.6, 0.6, 12, colour=QUIET)

    def _text(
        self, slide: Any, paragraphs: Sequence[str], top: float, high: float, size: int, *,
        bold: bool = False, colour: str = INK, bullets: bool = False, left: float = _LEFT,
        across: float = ACROSS,
    ) -> None:  # fmt: skip
        box = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(across), Inches(high))
        box.text_frame.word_wrap = True
        _write(box.text_frame, paragraphs, size, bold=bold, colour=colour, bullets=bullets)

    def _grid(
        self, slide: Any, table: Table, rows: Sequence[Sequence[Cell]], widths: Sequence[float], size: int
    ) -> None:
        lines = [row_high(row, widths, size) for row in with_head(table, rows)]
        frame = slide.shapes.add_table(
            len(rows) + 1, len(table.head), Inches(_LEFT), Inches(TOP), Inches(ACROSS), Inches(sum(lines))
        )
        grid: Any = frame.table
        for column, width in zip(grid.columns, widths, strict=True):
            column.width = Inches(width)
        for height, line in zip(grid.rows, lines, strict=True):
            height.height = Inches(line)
        for down, row in enumerate(with_head(table, rows)):
            for across, cell in enumerate(row):
                _fill(
                    grid.cell(down, across), cell, size, head=down == 0, first=across == 0, prose=table.prose
                )
        _describe(frame, f"Table. {table.caption}. {len(rows)} rows: {', '.join(table.head)}.")


def _presentation() -> Presentation:
    made = pptx.Presentation()
    made.slide_width, made.slide_height = Inches(WIDE_IN), Inches(HIGH_IN)
    return made


def _write(
    frame: Any, paragraphs: Sequence[str], size: int, *, bold: bool = False, colour: str = INK,
    bullets: bool = False, align: Any = None,
) -> None:  # fmt: skip
    """Text into a frame, a paragraph each; nothing shrinks or grows of itself."""
    frame.auto_size, frame.vertical_anchor = MSO_AUTO_SIZE.NONE, MSO_ANCHOR.TOP
    for index, text in enumerate(paragraphs):
        paragraph = frame.paragraphs[0] if index == 0 else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.LEFT if align is None else align
        if bullets:
            _bullet(paragraph)
            paragraph.space_after = Pt(8)
        run = paragraph.add_run()
        run.text = _AMID.sub("\u2212", text)
        run.font.size, run.font.bold, run.font.name = Pt(size), bold, _FONT
        run.font.color.rgb = rgb(colour)
        run.font.language_id = MSO_LANGUAGE_ID.ENGLISH_UK


def _bullet(paragraph: Any) -> None:
    """A hanging bullet."""
    settings = paragraph._p.get_or_add_pPr()
    settings.set("marL", "285750")
    settings.set("indent", "-285750")
    mark = settings.makeelement(qn("a:buChar"), {"char": "•"})
    settings.append(mark)


def _fill(cell: Any, content: Cell, size: int, *, head: bool, first: bool, prose: bool) -> None:
    """A cell of a table: its text, and under it in the same size what goes with it."""
    cell.margin_left = cell.margin_right = Inches(0.08)
    cell.margin_top = cell.margin_bottom = Inches(0.04)
    cell.fill.solid()
    cell.fill.fore_color.rgb = rgb(CATEGORICAL[0] if head else SHADE if first else "#FFFFFF")
    colour = "#FFFFFF" if head else INK
    lines = [line for one in (content.text, content.small) if one for line in printable(one).split("\n")]
    align = PP_ALIGN.LEFT if first or prose or head else PP_ALIGN.RIGHT
    _write(cell.text_frame, lines or [""], size, bold=head or first, colour=colour, align=align)
    cell.text_frame.word_wrap = True


def _describe(shape: Any, alt: str) -> None:
    """Text for those who cannot see it."""
    shape._element._nvXxPr.cNvPr.set("descr", printable(alt))


def _continued(title: str, number: int) -> str:
    return title if number == 0 else f"{title} (continued)"
