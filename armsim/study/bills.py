"""Tables of money and of abstraction in a run folder: ``cost.csv`` and ``abstraction.csv``, all options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from armsim.analysis.abstraction import abstraction_table
from armsim.analysis.money import cost_table
from armsim.analysis.option import OptionData
from armsim.study import files
from armsim.study.sheets import csv_bytes

#: Files that may be there; without teams, or neighbourhood teams, there is nothing to say.
BILLS: dict[str, Callable[[OptionData], pd.DataFrame]] = {
    "cost.csv": cost_table,
    "abstraction.csv": abstraction_table,
}
_DIGITS = 10


def write_bills(folder: Path, data: Mapping[str, OptionData]) -> None:
    """Write the tables that have rows, ``option`` first, in order of the options; same bytes however run.

    Each is written beside its place and renamed; one that has no rows any more is deleted.

    Raises:
        RunFolderError: a file cannot be written.
    """
    for name, table_of in BILLS.items():
        tables = [_of_option(option, table_of(data[option])) for option in data if len(data[option].totals)]
        tables = [table for table in tables if len(table)]
        if tables:
            files.write_bytes(folder / name, csv_bytes(pd.concat(tables, ignore_index=True), _DIGITS))
        else:
            (folder / name).unlink(missing_ok=True)


def _of_option(option: str, table: pd.DataFrame) -> pd.DataFrame:
    table.insert(0, "option", option)
    return table
