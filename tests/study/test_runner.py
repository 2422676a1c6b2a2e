import numpy as np
import pandas as pd
import pytest

from armsim.config.loader import load_scenario
from armsim.errors import RunFolderError
from armsim.study import files, store
from armsim.study.plan import Study, chunks, option_name
from armsim.study.results import Results
from armsim.study.runner import execute


def study(tiny, replications=7):
    return Study({"now": load_scenario(tiny)}, replications=replications)


def test_chunks_never_cross_a_boundary_and_leave_out_what_is_there():
    assert chunks(12, []) == [range(0, 5), range(5, 10), range(10, 12)]
    assert chunks(12, [0, 1, 2, 3, 4, 5, 6, 8]) == [range(7, 8), range(9, 10), range(10, 12)]


def test_digest_does_not_depend_on_the_number_of_replications_but_on_the_seed(tiny):
    loaded = load_scenario(tiny)
    assert Study({"a": loaded}, 5).digest == Study({"a": loaded}, 9).digest
    assert Study({"a": loaded}, 5, seed=4).digest != Study({"a": loaded}, 5, seed=5).digest
    assert load_scenario(tiny, sets=["study.replications=2"]).digest == loaded.digest
    assert load_scenario(tiny, sets=["window=2 days"]).digest != loaded.digest


def test_overrides_in_another_order_are_the_same_run_unless_the_order_matters(tiny):
    overrides = """
overrides:
  long: {description: Longer, set: {window: 2 days}}
  more: {description: More, set: {demand.types.call.annual: 9000}}
  less: {description: Fewer, set: {demand.types.call.annual: 5000}}
"""
    tiny.write_text(tiny.read_text() + overrides)

    def run_id(*names):
        loaded = load_scenario(tiny, names, last_wins=True)
        assert option_name(loaded) == "+".join(["tiny", *sorted(names)])
        return Study({option_name(loaded): loaded}).run_id

    assert run_id("long", "more") == run_id("more", "long")
    assert run_id("less", "more") != run_id("more", "less")


def test_resumed_and_damaged_runs_give_the_same_bytes_as_one_go(tiny, tmp_path):
    whole = execute(study(tiny), tmp_path / "a")
    execute(study(tiny, 3), tmp_path / "b")
    resumed = execute(study(tiny), tmp_path / "b")
    assert (whole.ran, resumed.ran) == (7, 4)
    wanted = (whole.folder / "metrics.parquet").read_bytes()
    assert (resumed.folder / "metrics.parquet").read_bytes() == wanted
    part = store.verified_parts(whole.folder, "now")[0][0].path / "totals.parquet"
    part.write_bytes(part.read_bytes()[:-9])
    again = execute(study(tiny), tmp_path / "a")
    assert again.ran == 5
    assert (again.folder / "metrics.parquet").read_bytes() == wanted


def test_two_processes_give_the_same_bytes_as_one(tiny, tmp_path):
    one = execute(study(tiny), tmp_path / "a").folder
    two = execute(study(tiny), tmp_path / "b", jobs=2).folder
    pd.testing.assert_frame_equal(*(store.read_option(folder, "now").run_in for folder in (one, two)))
    assert (one / "metrics.parquet").read_bytes() == (two / "metrics.parquet").read_bytes()


def test_a_failing_replication_is_recorded_and_the_others_are_kept(tiny, tmp_path, monkeypatch):
    from armsim.engine import simulation

    real = simulation.simulate

    def faulty(world, seed, index, record, *more):
        if index == 2:
            raise ZeroDivisionError("planted")
        return real(world, seed, index, record, *more)

    monkeypatch.setattr(simulation, "simulate", faulty)
    ended = execute(study(tiny, 4), tmp_path)
    assert [(one.replication, one.seed, one.reason) for one in ended.failures] == [
        (2, 3, "ZeroDivisionError: planted")
    ]
    assert list(Results.open(ended.folder).option().totals.index) == [0, 1, 3]
    monkeypatch.setattr(simulation, "simulate", real)
    mended = execute(study(tiny, 4), tmp_path)
    assert (mended.ran, mended.failures) == (1, ())


def test_a_folder_in_use_or_of_another_run_is_refused(tiny, tmp_path):
    plan = study(tiny, 1)
    folder = execute(plan, tmp_path).folder
    with files.locked(folder), pytest.raises(RunFolderError, match="another run is writing"):
        execute(plan, tmp_path)
    text = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(text.replace(plan.digest, "0" * 64))
    with pytest.raises(RunFolderError, match="holds another run"):
        execute(plan, tmp_path)


def test_time_shares_and_totals_close(tiny, tmp_path):
    data = Results.open(execute(study(tiny, 2), tmp_path).folder).option()
    assert data.ratio("minutes:level=SEVERE", "surveys:level=SEVERE").value == 15.0
    assert data.total("minutes:level=SEVERE").tolist() == [1440.0, 1440.0]
    hours = [f"minutes:level=SEVERE:hour={hour}" for hour in range(24)]
    np.testing.assert_allclose(data.total(hours), 1440.0)
    free = data.total("arv_free_minutes:level=SEVERE")
    work = [name for name in data.totals if name.startswith("arv_work_minutes") and name.endswith("free")]
    by_hour = [name for name in work if ":hour=" in name]
    np.testing.assert_allclose(data.total(by_hour), free)
    np.testing.assert_allclose(data.total([name for name in work if name not in by_hour]), free)


def test_tidy_table_has_one_value_a_replication_and_metric(tiny, tmp_path):
    folder = execute(study(tiny, 2), tmp_path).folder
    table = pd.read_parquet(folder / "metrics.parquet")
    assert list(table.columns) == ["option", "replication", "metric", "value", "unit"]
    assert not table.duplicated(["option", "replication", "metric"]).any()
