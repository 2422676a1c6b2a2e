"""A log is an input file of a run: its digest is kept, and another log is another run."""

import json

import pytest

from armsim.config.loader import load_scenario
from armsim.errors import DataError
from armsim.model.demand import draw_incidents
from armsim.streams import Streams
from armsim.study.plan import Study
from armsim.study.replay import replay
from armsim.study.runner import execute
from armsim.study.worlds import world_of

MAPPING = """armsim_log: 1
name: Testshire
files: calls.csv
rows: incident
time_zone: Europe/London
span: {from: 2018-03-05, until: 2018-03-06}
incident: {id: id, received: received}
"""


@pytest.fixture
def scenario(tmp_path, tiny_text):
    folder = tmp_path / "scenario"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "calls.log.yaml").write_text(MAPPING)
    rows = [f"{hour},2018-03-05 {hour:02d}:00\n" for hour in range(24)]
    (folder / "data" / "calls.csv").write_text("id,received\n" + "".join(rows))
    trace = '  trace: {log: data/calls.log.yaml, types: {"*": call}}\npatterns:'
    (folder / "tiny.yaml").write_text(tiny_text.replace("patterns:", trace).replace(", annual: 7300", ""))
    return folder / "tiny.yaml"


def study(file):
    return Study({"now": load_scenario(file)}, replications=2)


def test_the_log_is_among_the_inputs_and_another_log_is_another_run(scenario, tmp_path) -> None:
    first = execute(study(scenario), tmp_path / "runs")
    inputs = json.loads((first.folder / "manifest.json").read_text())["inputs"]
    assert {"data/calls.log.yaml", "data/calls.csv"} <= set(inputs)
    again = execute(study(scenario), tmp_path / "runs")
    assert (again.folder, again.ran) == (first.folder, 0)
    log = scenario.parent / "data" / "calls.csv"
    log.write_text(log.read_text().replace("23:00", "23:30"))
    other = execute(study(scenario), tmp_path / "runs")
    assert other.folder != first.folder
    assert other.ran == 2
    with pytest.raises(DataError, match=r"data files as they were when the study was run: .*data/calls.csv"):
        replay(first.folder, "now", 0)
    assert replay(other.folder, "now", 1).same is True


def test_every_replication_has_the_calls_of_the_log_and_no_others(scenario) -> None:
    world = world_of(load_scenario(scenario))
    assert "log Testshire is demand: 24 incidents from 2018-03-05 to 2018-03-05" in world.notes
    for replication in range(3):
        table = draw_incidents(world, Streams(3, replication), 0.0, 1440.0)
        calls = table.received_at[table.type == world.types.index("call")]
        assert calls.tolist() == [60.0 * hour for hour in range(24)]
