"""Small tables in HTML for notebooks: plain, escaped, with a caption, readable without any style."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table whose first column names its rows.

    Args:
        caption: what it shows; empty for none.
        head: head of each column.
        rows: cells of each row; ``None`` is an empty cell.
    """
    top = "".join(f'<th scope="col">{_text(one)}</th>' for one in head)
    body = "".join(
        f'<tr><th scope="row">{_text(first)}</th>{"".join(f"<td>{_text(cell)}</td>" for cell in cells)}</tr>'
        for first, *cells in rows
    )
    said = f"<caption>{_text(caption)}</caption>" if caption else ""
    return f"<table>{said}<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def heading(text: str) -> str:
    """A heading that fits below those of a notebook."""
    return f"<h4>{_text(text)}</h4>"


def paragraph(text: str) -> str:
    """A paragraph; nothing for an empty text."""
    return f"<p>{_text(text)}</p>" if text else ""


def _text(value: object) -> str:
    return "" if value is None else escape(str(value))
