"""The files of a log, read a piece at a time: columns as they are, with the number of each row."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from armsim.config.schema.logs import Csv
from armsim.errors import Problem, ScenarioError
from armsim.registry import suggestion

#: Bytes of a CSV file, and rows of a Parquet file, that are held at a time.
BLOCK_BYTES = 1 << 20
BATCH_ROWS = 65_536
_HEADER_BYTES = 1 << 20
#: A row of the wrong number of cells that spans more lines than this has an open quotation mark.
_MOST_LINES = 20
#: Columns of a header that are shown.
_SHOWN = 3
_DELIMITERS = ",;\t|"
#: How files begin that are often taken for CSV.
_OTHER_KINDS = {
    b"PK\x03\x04": "a spreadsheet or zip archive; save the sheet as CSV UTF-8",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet; save the sheet as CSV UTF-8",
    b"\xff\xfe": 'UTF-16 text; save it as CSV UTF-8, or state csv: {encoding: "utf-16"}',
    b"\xfe\xff": 'UTF-16 text; save it as CSV UTF-8, or state csv: {encoding: "utf-16"}',
}


@dataclass(frozen=True, slots=True)
class Ragged:
    """A row whose number of cells is not the header's.

    Attributes:
        row: its number, the header is row 1.
        reason: what is wrong with it.
        text: its beginning.
        lines: lines of the file that it spans.
    """

    row: int
    reason: str
    text: str
    lines: int = 1


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows of a file.

    Attributes:
        columns: those that were asked for, by name.
        rows: number of each row; the header is row 1, blank lines do not count.
        ragged: rows among them that could not be divided into columns.
    """

    columns: pa.RecordBatch
    rows: Sequence[int]
    ragged: Sequence[Ragged]


def pieces(path: Path, wanted: Sequence[str], settings: Csv) -> Iterator[Piece]:
    """The rows of a CSV or Parquet file, in order; cells of CSV are text, of Parquet what they are.

    Args:
        path: the file; Parquet by its ending, everything else is CSV, compressed or not.
        wanted: names of the columns to read.
        settings: how CSV is written.

    Raises:
        ScenarioError: the file is missing, empty, no table, lacks columns, or breaks off.
    """
    if path.suffix.lower() in {".parquet", ".pq"}:
        yield from _parquet(path, wanted)
    else:
        yield from _csv(path, wanted, settings)


def refusal(path: Path, message: str, row: int | None = None, column: str = "") -> ScenarioError:
    """The error for a file that cannot be read."""
    return ScenarioError([Problem(message, path=column, file=str(path), line=row)])


def _missing(path: Path, wanted: Sequence[str], header: Sequence[str]) -> None:
    problems = [
        Problem(f"there is no column {name!r}{_closest(name, header)}", file=str(path), line=1)
        for name in wanted
        if name not in header
    ]
    problems += [
        Problem(f"{header.count(name)} columns are headed {name!r}", file=str(path), line=1)
        for name in wanted
        if header.count(name) > 1
    ]
    if problems:
        raise ScenarioError(problems)


def _closest(name: str, header: Sequence[str]) -> str:
    """What *header* has instead: the same but for case and spaces, the most alike, or how it begins."""
    plain = {_plain(there): there for there in header}
    if _plain(name) in plain:
        return f"; the header has {plain[_plain(name)]!r}"
    begins = ", ".join(map(repr, header[:_SHOWN]))
    return suggestion(name, header) or f"; the header has {len(header)} columns: {begins} ..."


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()


def _parquet(path: Path, wanted: Sequence[str]) -> Iterator[Piece]:
    try:
        with pq.ParquetFile(path) as file:
            _missing(path, wanted, file.schema_arrow.names)
            _no_cells(path, wanted, file.schema_arrow)
            if file.metadata.num_rows == 0:
                raise refusal(path, "the file has no rows")
            first = 2
            for batch in file.iter_batches(BATCH_ROWS, columns=list(wanted)):
                yield Piece(_as_words(batch), range(first, first + batch.num_rows), ())
                first += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        raise refusal(path, f"cannot be read as Parquet: {_first_line(error)}") from error


def _no_cells(path: Path, wanted: Sequence[str], schema: pa.Schema) -> None:
    """Refuse columns whose values are no text, number, date or time."""
    problems = []
    for name in wanted:
        kind = schema.field(name).type
        if pa.types.is_nested(kind) or pa.types.is_duration(kind) or pa.types.is_interval(kind):
            text = f"the column holds {kind}; write it as text, numbers or times"
            problems.append(Problem(text, name, str(path)))
    if problems:
        raise ScenarioError(problems)


def _as_words(batch: pa.RecordBatch) -> pa.RecordBatch:
    """*batch* with text where some writers leave the bytes of text."""
    for at, field_ in enumerate(batch.schema):
        if pa.types.is_binary(field_.type) or pa.types.is_large_binary(field_.type):
            batch = batch.set_column(at, field_.name, batch.column(at).cast(pa.string()))
    return batch


@dataclass(slots=True)
class _Collector:
    """Rows that the reader could not divide, since they were last asked for."""

    found: list[Ragged] = field(default_factory=list)

    def __call__(self, row: Any) -> str:
        reason = f"this row has {row.actual_columns} cells, the header {row.expected_columns}"
        self.found.append(Ragged(int(row.number), reason, row.text[:80], row.text.count("\n") + 1))
        return "skip"

    def taken(self, before: int | None = None) -> list[Ragged]:
        """Those before the row numbered *before*, which are then forgotten."""
        taken = [one for one in self.found if before is None or one.row < before]
        del self.found[: len(taken)]
        return taken


def _csv(path: Path, wanted: Sequence[str], settings: Csv) -> Iterator[Piece]:
    header, delimiter = _header(path, settings)
    _missing(path, wanted, header)
    ragged = _Collector()
    try:
        with pa.input_stream(path, compression="detect") as stream:
            reader = pa_csv.open_csv(
                stream,
                pa_csv.ReadOptions(use_threads=False, block_size=BLOCK_BYTES, encoding=settings.encoding),
                pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=ragged),
                pa_csv.ConvertOptions(
                    include_columns=list(wanted),
                    column_types=dict.fromkeys(wanted, pa.string()),
                    strings_can_be_null=False,
                ),
            )
            for piece in _numbered(reader, ragged):
                for one in piece.ragged:
                    if one.lines > _MOST_LINES:
                        text = f"this row goes on for {one.lines:,} lines: a quotation mark is not closed"
                        raise refusal(path, text, one.row)
                yield piece
    except (pa.ArrowException, OSError, UnicodeError, EOFError) as error:
        raise _broken(path, settings, error) from error


def _numbered(reader: Any, ragged: _Collector) -> Iterator[Piece]:
    """Batches with the numbers of their rows: those of ragged rows are left free."""
    following = 2
    for batch in reader:
        rows: list[int] = []
        left = batch.num_rows
        broken: list[Ragged] = []
        while left:
            ahead = ragged.found[0].row if ragged.found else None
            run = left if ahead is None else min(left, ahead - following)
            rows.extend(range(following, following + run))
            left -= run
            following += run
            if left or (ragged.found and ragged.found[0].row == following):
                met = ragged.taken(following + 1)
                broken += met
                following += len(met)
        yield Piece(batch, rows, broken)
    rest = ragged.taken()
    if rest:
        yield Piece(pa.RecordBatch.from_pydict({}), (), rest)


def _header(path: Path, settings: Csv) -> tuple[list[str], str]:
    """Names of the columns, and the delimiter."""
    if not _is_text_encoding(settings.encoding):
        raise refusal(path, f'"{settings.encoding}" is no encoding of text; write one such as "utf-8"')
    try:
        with pa.input_stream(path, compression="detect") as stream:
            start = stream.read(_HEADER_BYTES)
    except FileNotFoundError:
        raise refusal(path, "no such file") from None
    except (OSError, pa.ArrowException, EOFError) as error:
        raise refusal(path, f"the file cannot be read: {_first_line(error)}") from error
    utf16 = settings.encoding.lower().replace("_", "-").startswith("utf-16")
    for magic, kind in _OTHER_KINDS.items():
        if start.startswith(magic) and not (utf16 and "UTF-16" in kind):
            raise refusal(path, f"this is not CSV but {kind}")
    if not start.strip():
        raise refusal(path, "the file is empty")
    text = codecs.getincrementaldecoder(settings.encoding)(errors="replace").decode(start)
    if "\x00" in text:
        raise refusal(path, "this is not CSV: it holds bytes that no text has")
    return _split(path, text.lstrip("\ufeff"), settings)


def _is_text_encoding(name: str) -> bool:
    try:
        "".encode(name)
    except (LookupError, ValueError):  # base64 is a codec too, but not one of text
        return False
    return True


def _split(path: Path, text: str, settings: Csv) -> tuple[list[str], str]:
    line = text.lstrip("\r\n").partition("\n")[0]
    delimiter = settings.delimiter or max(_DELIMITERS, key=line.count)
    lines = io.StringIO(text, newline="")
    try:
        header = next(row for row in csv.reader(lines, delimiter=delimiter) if row)
    except (csv.Error, StopIteration) as error:
        raise refusal(path, f"the header cannot be read as CSV: {error}", 1) from error
    if not lines.read().strip():
        raise refusal(path, "the file has a header and no rows")
    return header, delimiter


def _broken(path: Path, settings: Csv, error: Exception) -> ScenarioError:
    text = _first_line(error)
    number = re.search(r"Row #(\d+)", text)
    row = int(number[1]) if number else None
    if "invalid UTF8" in text or isinstance(error, UnicodeError):
        remedy = 'save the file as CSV UTF-8, or state its encoding, such as csv: {encoding: "cp1252"}'
        which = "the file" if row is None else "this row"
        return refusal(path, f"{which} is not {settings.encoding} text; {remedy}", row)
    if "straddling" in text or "block_size" in text:
        millions = BLOCK_BYTES >> 20
        return refusal(path, f"a row is longer than {millions} MB: a quotation mark is not closed", row)
    return refusal(path, f"the file breaks off or is damaged: {text}", row)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
