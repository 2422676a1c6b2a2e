"""Files of a validation: all figures as JSON, the findings as CSV, the dispatch matrix as CSV."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pandas as pd

from armsim.study import files
from armsim.study.sheets import csv_bytes
from armsim.study.validate.held import Validation

JSON, CSV, MATRIX, PAGE = "validation.json", "validation.csv", "dispatch_matrix.csv", "validation.html"


def write(found: Validation, folder: Path) -> list[Path]:
    """Write ``validation.json``, ``validation.csv`` and, where bases are known, ``dispatch_matrix.csv``.

    Raises:
        RunFolderError: a file cannot be written.
    """
    contents = {JSON: json_text(found).encode(), CSV: csv_bytes(table_of(found), digits=6)}
    if found.agreement.dispatch is not None:
        contents[MATRIX] = csv_bytes(found.agreement.dispatch.matrix, digits=6)
    for name, content in contents.items():
        files.write_bytes(folder / name, content)
    return [folder / name for name in contents]


def json_text(found: Validation) -> str:
    """All figures as JSON; what cannot be told is ``null``, what is never reached ``"never"``."""
    return json.dumps(_plain(found.as_dict()), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def table_of(found: Validation) -> pd.DataFrame:
    """The findings, one a row."""
    return pd.DataFrame([one.as_dict() for one in found.agreement.findings])


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else "never"
    return value
