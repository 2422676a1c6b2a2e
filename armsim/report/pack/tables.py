"""The tables of a run as Markdown, as one HTML page that pastes into Word, and as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

import pandas as pd

from armsim.report.page.parts import Block, Cell, Folded, Points, Section, Table, Tiles, Words
from armsim.report.words import printable
from armsim.study.sheets import csv_bytes

_STYLE = (
    "body{font-family:Arial,sans-serif;font-size:11pt;color:#0b0c0c;max-width:60em;margin:2em auto}"
    "table{border-collapse:collapse;margin:0.4em 0 1.4em}"
    "caption{font-weight:bold;text-align:left;padding:0.3em 0}"
    "th,td{border:1px solid #505a5f;padding:3pt 6pt;vertical-align:top;text-align:right}"
    "th{background:#eeeeee}th[scope=row],td.prose,th.first{text-align:left}small{color:#505a5f}"
)
#: Signs that Markdown would read as more than themselves.
_MARKED = "\\`*_{}[]<>#|~"


def table_of_tiles(block: Tiles) -> Table:
    """Figures in large type as a table."""
    rows = tuple((Cell(tile.label), Cell(tile.value, tile.small)) for tile in block.tiles)
    return Table(block.title, ("Figure", "Value"), rows)


def flat(section: Section) -> Iterator[Block]:
    """The parts of a section, those behind a control too."""
    for block in section.blocks:
        yield from block.blocks if isinstance(block, Folded) else (block,)


def tables_of(section: Section) -> list[Table]:
    """The tables of a section, figures in large type too."""
    found = [table_of_tiles(one) if isinstance(one, Tiles) else one for one in flat(section)]
    return [one for one in found if isinstance(one, Table)]


def as_markdown(sections: Iterable[Section], title: str, source: str) -> str:
    """Words, lists and tables of some sections as Markdown."""
    lines = [f"# {as_marked(title)}", "", as_marked(source), ""]
    for section in sections:
        lines += [f"## {as_marked(section.title)}", ""]
        for block in flat(section):
            lines += _markdown(block)
    return "\n".join(lines).rstrip() + "\n"


def _markdown(block: Block) -> list[str]:
    if isinstance(block, Words):
        return [line for text in block.paragraphs for line in (as_marked(text), "")]
    if isinstance(block, Points):
        return [*(f"- {as_marked(item)}" for item in block.items), ""]
    if isinstance(block, Tiles):
        return _markdown_table(table_of_tiles(block))
    return _markdown_table(block) if isinstance(block, Table) else []


def _markdown_table(table: Table) -> list[str]:
    rules = ["---", *(["---" if table.prose else "---:"] * (len(table.head) - 1))]
    lines = [f"**{as_marked(table.caption)}**", "", _line(map(as_marked, table.head)), _line(rules)]
    lines += [_line(as_marked(joined(cell)) for cell in row) for row in table.rows]
    return [*lines, "", *([as_marked(table.note), ""] if table.note else [])]


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def joined(cell: Cell) -> str:
    """A cell in one line: its text, and what stands under it in brackets."""
    return f"{cell.text} ({cell.small})" if cell.small else cell.text


def as_marked(text: str) -> str:
    """Text in one line that Markdown shows as it is."""
    plain = " ".join(printable(text).split())
    return "".join(f"\\{sign}" if sign in _MARKED else sign for sign in plain)


def as_html(sections: Iterable[Section], title: str, source: str) -> str:
    """Words, lists and tables of some sections as one page without script, for Word's clipboard."""
    parts = [f"<h1>{_safe(title)}</h1>", f"<p><small>{_safe(source)}</small></p>"]
    for section in sections:
        parts.append(f"<h2>{_safe(section.title)}</h2>")
        parts += [part for block in flat(section) for part in _html(block)]
    head = f'<meta charset="utf-8"><title>{_safe(title)}</title><style>{_STYLE}</style>'
    body = "\n".join(parts)
    return f'<!DOCTYPE html>\n<html lang="en-GB"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def _html(block: Block) -> Iterator[str]:
    if isinstance(block, Words):
        yield from (f"<p>{_safe(text)}</p>" for text in block.paragraphs)
    elif isinstance(block, Points):
        yield f"<ul>{''.join(f'<li>{_safe(item)}</li>' for item in block.items)}</ul>"
    elif isinstance(block, Tiles):
        yield _html_table(table_of_tiles(block))
    elif isinstance(block, Table):
        yield _html_table(block)


def _html_table(table: Table) -> str:
    head = "".join(
        f'<th scope="col"{" class=first" if index == 0 else ""}>{_safe(name)}</th>'
        for index, name in enumerate(table.head)
    )
    rows = "\n".join(f"<tr>{_html_row(row, table.prose)}</tr>" for row in table.rows)
    note = f"\n<p><small>{_safe(table.note)}</small></p>" if table.note else ""
    caption = f"<caption>{_safe(table.caption)}</caption>"
    return f"<table>{caption}\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>{note}"


def _html_row(row: Sequence[Cell], prose: bool) -> str:
    first, rest = row[0], row[1:]
    look = ' class="prose"' if prose else ""
    return f'<th scope="row">{_html_cell(first)}</th>' + "".join(
        f"<td{look}>{_html_cell(cell)}</td>" for cell in rest
    )


def _html_cell(cell: Cell) -> str:
    return _safe(cell.text) + (f"<br><small>{_safe(cell.small)}</small>" if cell.small else "")


def _safe(text: str) -> str:
    return escape(printable(text))


def as_csv(table: Table) -> bytes:
    """A table as CSV that no spreadsheet takes for formulas; what stands under figures has its own column."""
    columns: list[tuple[str, list[str]]] = []
    for index, name in enumerate(table.head):
        cells = [row[index] for row in table.rows]
        columns.append((name, [printable(cell.text) for cell in cells]))
        if any(cell.small for cell in cells):
            columns.append((f"{name}, limits or note", [printable(cell.small) for cell in cells]))
    frame = pd.DataFrame({index: cells for index, (_, cells) in enumerate(columns)}, dtype=object)
    frame.columns = pd.Index(_unlike([printable(name) for name, _ in columns]))
    return csv_bytes(frame)


def _unlike(names: Sequence[str]) -> list[str]:
    """The names, the second of two alike with a 2 after it and so on."""
    return [
        name if name not in names[:index] else f"{name} ({names[: index + 1].count(name)})"
        for index, name in enumerate(names)
    ]
