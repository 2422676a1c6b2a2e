"""Tables of money and abstraction in a run folder."""

import io
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from armsim.analysis.abstraction import ABSTRACTION_COLUMNS, abstraction_table
from armsim.config.schema.duty import PatternTeam
from armsim.config.schema.money import PricesConfig
from armsim.study import bills
from armsim.study.bills import write_bills
from armsim.study.sheets import csv_bytes, inert

NPT = PatternTeam(
    kind="pattern", role="NPT", establishment=6, pattern="day", planned_absence={"leave": 0.1, "court": 0.1}
)
TOTALS = {
    "scheduled_minutes:team=npt:month=0:area==East": [900.0, 1100.0],
    "abstracted_minutes:team=npt:type=posts:month=0:area==East": [100.0, 300.0],
    "scheduled_minutes:team=npt:month=1:area=(no base)": [480.0, 480.0],
    "abstracted_minutes:team=npt:type=court:month=1:area=(no base)": [480.0, 480.0],
    "abstracted_minutes:team=npt:type=moved:month=1:area=(no base)": [0.0, 0.0],
}


def option(totals, teams):
    """As much of an option as the tables read."""
    frame = pd.DataFrame(totals, index=pd.RangeIndex(2))
    return SimpleNamespace(
        totals=frame,
        total=lambda name: frame[name].to_numpy() if name in frame else np.zeros(2),
        scenario=SimpleNamespace(
            teams=teams, study=SimpleNamespace(confidence=0.95), prices=PricesConfig(), units={}, uplifts={}
        ),
    )


def test_rows_by_month_area_team_and_type():
    table = abstraction_table(option(TOTALS, {"npt": NPT}))
    assert tuple(table.columns) == ABSTRACTION_COLUMNS
    keys = table[["month", "area", "abstraction_type", "loss"]].to_numpy().tolist()
    assert keys == [
        [1, "=East", "posts", "temporary"],
        [1, "=East", "response", "temporary"],
        [1, "=East", "aid", "temporary"],
        [2, "(no base)", "court", "temporary"],
        [2, "(no base)", "rest_owed", "temporary"],
        [2, "(no base)", "moved", "structural"],
    ]
    posts = table.iloc[0]
    assert posts[["minutes", "scheduled_minutes", "low"]].tolist() == [200.0, 1000.0, 0.0]
    assert posts["high"] == pytest.approx(200 + 12.706 * 100, rel=1e-4)
    assert np.isnan(table.iloc[3]["low"])  # the same in both


def test_a_table_of_all_options_with_inert_names_and_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.setitem(bills.BILLS, "cost.csv", lambda _: pd.DataFrame({"item": []}))
    data = {"=now": option(TOTALS, {"npt": NPT}), "more": option(TOTALS, {"npt": NPT})}
    write_bills(tmp_path, data)
    first = (tmp_path / "abstraction.csv").read_bytes()
    table = pd.read_csv(io.BytesIO(first))
    assert table.columns[0] == "option"
    assert table["option"].tolist() == ["'=now"] * 6 + ["more"] * 6
    assert table["area"][0] == "'=East"
    assert table.columns[1:].tolist() == list(ABSTRACTION_COLUMNS)
    assert b"\r" not in first
    write_bills(tmp_path, dict(data))
    assert (tmp_path / "abstraction.csv").read_bytes() == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["abstraction.csv"]


def test_a_table_without_rows_is_not_there(tmp_path, monkeypatch):
    monkeypatch.setitem(bills.BILLS, "cost.csv", lambda _: pd.DataFrame({"item": []}))
    (tmp_path / "cost.csv").write_text("old")
    write_bills(tmp_path, {"now": option({}, {})})
    assert list(tmp_path.iterdir()) == []


def test_csv_is_inert_and_keeps_numbers():
    table = pd.DataFrame({"+a": ["=1+1", "fine"], "x": [-1.0, 1 / 3]})
    assert csv_bytes(table) == b"'+a,x\n'=1+1,-1.0\nfine,0.3333333333333333\n"
    assert csv_bytes(table, 4) == b"'+a,x\n'=1+1,-1\nfine,0.3333\n"
    assert [inert(word) for word in ("@x", "\tx", "x=")] == ["'@x", "'\tx", "x="]
