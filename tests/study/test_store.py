"""What lies in a run folder and is no part of it, and files that cannot be written."""

import os
import shutil

import pytest

import armsim
from armsim.errors import RunFolderError
from armsim.study import files, store


@pytest.fixture
def run(tiny, tmp_path):
    def made(replications, root="a"):
        study = armsim.Study({"tiny": armsim.load_scenario(tiny)}, replications)
        return armsim.run_study(study, tmp_path / root)

    return made


def test_a_copy_of_a_part_is_no_part(run):
    """A copy that somebody keeps beside it, and whatever else begins with its first word."""
    first = run(2)
    home = store.options_folder(first.folder, "tiny")
    shutil.copytree(home / "part-00000-00001", home / "part-00000-00001 copy")
    (home / "part-of-the-work").mkdir()
    assert armsim.Results.open(first.folder).replications == 2
    assert run(3).replications == 3
    assert (home / "part-00000-00001 copy").is_dir()


def test_of_two_parts_with_the_same_replications_the_longer_counts(run):
    """Two array jobs over different numbers of replications, at the same time."""
    short, longer = run(7), run(9, "b")
    name = "part-00005-00008"
    shutil.copytree(
        store.options_folder(longer.folder, "tiny") / name, store.options_folder(short.folder, "tiny") / name
    )
    both = armsim.Results.open(short.folder)
    assert both.option().totals.equals(longer.option().totals)
    assert both.option().responses.equals(longer.option().responses)
    assert run(9).replications == 9
    parts = sorted(path.name for path in store.options_folder(short.folder, "tiny").iterdir())
    assert parts == ["part-00000-00004", name]


def test_half_a_file_is_not_left_on_a_full_disk(tmp_path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RunFolderError, match="no space left on device"):
        files.write_bytes(tmp_path / "x" / "metrics.parquet", b"much")
    assert list((tmp_path / "x").iterdir()) == []


def test_a_log_that_cannot_be_written_is_said_in_a_line(run):
    first = run(2)
    (first.folder / "log.jsonl").unlink()
    (first.folder / "log.jsonl").mkdir()
    with pytest.raises(RunFolderError, match=r"log\.jsonl: cannot be written: is a directory"):
        run(3)


def test_a_manifest_without_what_a_reader_needs_is_damaged(tmp_path):
    (tmp_path / store.MANIFEST).write_text('{"schema": 3, "options": [], "seed": 1, "run_id": "x"}')
    with pytest.raises(RunFolderError, match="says nothing of digest, versions; run the study again"):
        store.read_manifest(tmp_path)
