import gzip

import numpy as np
import pandas as pd
import pytest

from armsim.errors import ScenarioError
from armsim.model.travel import read_matrix

IDS = ["007", "B", "C"]
MINUTES = np.array([[0, 5, 7], [6, 0, 8.5], [7, 9, 0]])
WIDE = "zone,C,B,007\nB,8.5,0,6\n007,7,5,\nC,0,9,7\n"
LONG = "to,from,minutes\nB,007,5\nC,007,7\n007,B,6\nC,B,8.5\n007,C,7\nB,C,9\nelsewhere,B,4\n"


def write(folder, name, text):
    path = folder / name
    path.write_text(text)
    return path


def messages(path, ids=IDS):
    with pytest.raises(ScenarioError) as caught:
        read_matrix(path, ids)
    assert {problem.file for problem in caught.value.problems} == {str(path)}
    return [problem.message for problem in caught.value.problems]


def test_every_form_gives_the_same_minutes(tmp_path):
    (tmp_path / "wide.csv.gz").write_bytes(gzip.compress(WIDE.encode()))
    np.save(tmp_path / "square.npy", MINUTES)
    frame = pd.DataFrame(MINUTES, index=pd.Index(IDS, name="zone"), columns=IDS)
    frame.to_parquet(tmp_path / "wide.parquet")
    long = (
        frame.reset_index().melt("zone", var_name="to", value_name="minutes").rename(columns={"zone": "from"})
    )
    long.to_parquet(tmp_path / "long.parquet", index=False)
    paths = [write(tmp_path, "wide.csv", WIDE), write(tmp_path, "long.csv", LONG)]
    paths += [tmp_path / name for name in ("wide.csv.gz", "square.npy", "wide.parquet", "long.parquet")]
    for path in paths:
        assert read_matrix(path, IDS).tolist() == MINUTES.tolist(), path.name


def test_all_faults_of_a_wide_file_at_once(tmp_path):
    path = write(tmp_path, "m.csv", "zone,007,B,B\n007,0,-5,1\nB,x,0,1\nB,1,2,3\n")
    assert messages(path) == [
        "zone B has 2 rows",
        "zone C has no row",
        "zone B has 2 columns",
        "zone C has no column",
        "B to 007: minutes must be a finite number, 0 or more",
        "007 to B: minutes must be 0 or more, got -5",
    ]


def test_all_faults_of_a_long_file_at_once(tmp_path):
    rows = LONG.replace("C,007,7\n", "C,007,inf\n").replace("C,B,8.5\n", "") + "B,C,9\n"
    assert messages(write(tmp_path, "m.csv", rows)) == [
        "pair C to B is given 2 times",
        "pair B to C is missing",
        "007 to C: minutes must be a finite number, 0 or more",
    ]


def test_many_faults_are_counted_not_listed(tmp_path):
    ids = [f"Z{k}" for k in range(10)]
    found = messages(write(tmp_path, "m.csv", "from,to,minutes\nZ0,Z1,4\n"), ids)
    assert len(found) == 21
    assert found[-1] == "and 69 more like the last one"


def test_wrong_shape_missing_file_unknown_ending(tmp_path):
    np.save(tmp_path / "m.npy", MINUTES[:2])
    assert messages(tmp_path / "m.npy") == ["3 zones need an array of shape (3, 3), got (2, 3)"]
    assert "cannot be read" in messages(tmp_path / "none.csv")[0]
    assert "cannot be read" in messages(write(tmp_path, "empty.csv", ""))[0]
    assert "got '.xlsx'" in messages(tmp_path / "m.xlsx")[0]
