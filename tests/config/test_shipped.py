"""Shipped scenarios are found in a source tree and in an installed package."""

import shutil
from pathlib import Path

import pytest

from armsim.config import shipped
from armsim.config.shipped import SCHEMA, example, examples, shipped_folder, with_bases
from armsim.errors import DataError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """A package folder without scenarios."""
    (tmp_path / "site" / "armsim").mkdir(parents=True)
    monkeypatch.setattr(shipped, "files", lambda package: tmp_path / "site" / package)
    shipped_folder.cache_clear()
    yield tmp_path / "site" / "armsim"
    shipped_folder.cache_clear()


def test_every_example_has_its_title():
    assert examples().keys() == {path.stem for path in (ROOT / "scenarios").glob("*.yaml")}
    assert examples()["severe"] == "Leicestershire force area at SEVERE"


def test_an_example_brings_all_that_it_extends():
    assert [path.name for path in with_bases("marauding_attack")] == [
        "marauding_attack.yaml", "metropolis.yaml", "severe.yaml", SCHEMA,
    ]  # fmt: skip
    assert all(path.is_file() for path in with_bases("review_pooling"))


def test_an_unknown_example_is_answered_with_the_closest_and_all():
    with pytest.raises(KeyError, match=r"'sever'; did you mean severe\? there are: critical, .*severe"):
        example("sever")


def test_scenarios_inside_the_package_come_first(nowhere):
    shutil.copytree(ROOT / "scenarios", nowhere / "scenarios")
    assert shipped_folder() == nowhere / "scenarios"
    assert example("critical") == nowhere / "scenarios" / "critical.yaml"


def test_an_installation_without_them_says_so(nowhere):
    with pytest.raises(DataError, match="reinstall armsim"):
        shipped_folder()
