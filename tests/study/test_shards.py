import fcntl
import json

import pytest

from armsim.cli.execution import refuse_together, words
from armsim.config.loader import load_scenario
from armsim.errors import RunFolderError
from armsim.study import files, shards
from armsim.study.plan import Study
from armsim.study.runner import execute, left_to_run
from armsim.study.shards import Shard


def test_shards_are_written_number_of_count():
    assert Shard.parse("2/8") == Shard(2, 8)
    assert str(Shard(2, 8)) == "2/8"
    for text in ("0/2", "3/2", "2", "a/b", "-1/2", "1/2/3"):
        with pytest.raises(ValueError, match=r"2/8|numbered from 1"):
            Shard.parse(text)


def test_every_replication_is_one_shards_and_chunks_are_whole():
    for index in range(60):
        takers = [number for number in (1, 2, 3) if Shard(number, 3).takes(index)]
        assert takers == [index // 5 % 3 + 1]


def test_a_shard_runs_its_chunks_only_and_says_what_is_left(tiny, tmp_path):
    study = Study({"now": load_scenario(tiny)}, replications=12)
    first = execute(study, tmp_path, shard=Shard(2, 2))
    assert (first.ran, first.left, first.results) == (5, 7, None)
    assert not (first.folder / "metrics.parquet").exists()
    assert json.loads((first.folder / "manifest.json").read_text())["finished"] == ""
    assert left_to_run(first.folder, study, Shard(2, 2)) == {"now": 0}
    assert left_to_run(first.folder, study) == {"now": 7}
    whole = execute(study, tmp_path)  # any later plain run derives the results
    assert (whole.ran, whole.left) == (7, 0)
    assert whole.results.replications == 12


def test_a_shard_mends_its_own_damaged_parts_only(tiny, tmp_path):
    study = Study({"now": load_scenario(tiny)}, replications=10)
    folder = execute(study, tmp_path).folder
    totals = sorted(folder.glob("parts/*/*/totals.parquet"))
    for path in totals:
        path.write_bytes(b"damaged")
    ended = execute(study, tmp_path, shard=Shard(1, 2))
    assert (ended.ran, ended.left) == (5, 5)
    assert totals[0].read_bytes() != b"damaged" == totals[1].read_bytes()


def test_locks_keep_whole_runs_from_shards_and_a_shard_from_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(shards, "_PATIENCE", 0.1)
    with shards.held(tmp_path, Shard(1, 2)):
        with shards.held(tmp_path, Shard(2, 2)) as other:
            assert not other.take()  # not alone
        with pytest.raises(RunFolderError, match="shard 1/2 is being run already"):
            next(iter(shards.held(tmp_path, Shard(1, 2)).gen))
        with pytest.raises(RunFolderError, match="another run is writing"), files.locked(tmp_path):
            pass
    with files.locked(tmp_path), pytest.raises(RunFolderError, match="without --shard is writing"):
        next(iter(shards.held(tmp_path, Shard(1, 2)).gen))


def test_on_a_file_system_without_locks_nothing_is_busy_and_nothing_is_cleaned(tiny, tmp_path, monkeypatch):
    def none(*_):
        raise OSError(files.errno.ENOTSUP, "not supported")

    monkeypatch.setattr(fcntl, "flock", none)
    study = Study({"now": load_scenario(tiny)}, replications=1)
    theirs = tmp_path / study.run_id / f"{files.UNFINISHED}another"
    theirs.parent.mkdir()
    theirs.write_text("being written elsewhere")
    assert execute(study, tmp_path).ran == 1
    assert theirs.exists()


def test_what_cannot_be_asked_for_together_is_refused():
    from click import UsageError

    with pytest.raises(UsageError, match="choose one"):
        refuse_together(Shard(1, 2), "tcp://host:1", None, False)
    with pytest.raises(UsageError, match="--fresh with --shard"):
        refuse_together(Shard(1, 2), None, None, True)
    with pytest.raises(UsageError, match="-j is of this machine"):
        refuse_together(None, "tcp://host:1", 2, False)
    assert words(Shard(1, 2), None, True) == {"--shard": "1/2", "--independent": ""}


def test_independent_options_have_seeds_of_their_own_and_are_another_study(tiny, tmp_path):
    loaded = load_scenario(tiny)
    same = Study({"a": loaded, "b": loaded}, replications=1)
    apart = Study({"a": loaded, "b": loaded}, replications=1, independent=True)
    assert (same.seed_of("a"), same.seed_of("b")) == (3, 3)
    assert apart.seed_of("a") == 3 != apart.seed_of("b")
    assert same.digest != apart.digest
    data = execute(apart, tmp_path).results.data
    assert not data["a"].totals.equals(data["b"].totals)
    manifest = json.loads((tmp_path / apart.run_id / "manifest.json").read_text())
    assert manifest["seeds"] == {"a": 3, "b": apart.seed_of("b")}
    paired = execute(same, tmp_path).results.data
    assert paired["a"].totals.equals(paired["b"].totals)
    assert paired["a"].totals.equals(data["a"].totals)


def test_verb_runs_shards_and_the_last_shows_the_results(tiny, tmp_path):
    from click.testing import CliRunner

    from armsim.cli.app import main

    def run(shard, *more):
        given = ["run", str(tiny), "-n", "7", "-o", str(tmp_path / "runs"), "-j", "1", "--no-charts"]
        done = CliRunner().invoke(main, [*given, "--shard", shard, *more])
        assert done.exit_code == 0, done.output
        return done

    assert "tiny: 2 of 7 replications to run" in run("2/2", "--dry-run").stderr
    first, last = run("2/2"), run("1/2")
    assert "Shard 2/2: 2 replications run, 5 replications of other shards are left." in first.stderr
    assert "Results are in" in last.stderr
    assert first.stdout == last.stdout
    bad = CliRunner().invoke(main, ["run", str(tiny), "--shard", "3/2"])
    assert bad.exit_code == 2
    assert "shards are numbered from 1 to 2, got 3" in bad.output
