"""Small logs, written and read."""

from __future__ import annotations

import pytest

from armsim.model.logs import Log, read_log

from .small_logs import HEADER, INCIDENT


@pytest.fixture
def read(tmp_path, monkeypatch):
    """Reads rows (or a whole text) through a mapping."""
    monkeypatch.chdir(tmp_path)

    def make(rows: list[str] | str | bytes, mapping: str = INCIDENT, header: str = HEADER) -> Log:
        (tmp_path / "log.yaml").write_text(mapping)
        text = rows if isinstance(rows, (str, bytes)) else header + "".join(rows)
        (tmp_path / "log.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_log("log.yaml")

    return make
