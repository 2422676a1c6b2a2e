"""The page of a validation in a browser: calm, nothing fetched, no wider than the window."""

import pytest
from click.testing import CliRunner

from armsim.cli import main

from ..study import logged  # noqa: TID252 (one maker of logs for the tests of three folders)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("held")
    scenario, mapping = logged.write(folder)
    args = ["validate", str(scenario), "--log", str(mapping), "-n", "1", "-j", "1", "-q", "-o", str(folder)]
    result = CliRunner().invoke(
        main, [*args, "--set", "demand.trace={log: log.yaml, per_unit: {officers: 2}}"]
    )
    assert result.exit_code in {0, 1}, result.output
    return folder / "validation.html"


@pytest.mark.parametrize("width", [1280, 400])
def test_the_page_of_a_validation_is_calm(visit, written, width):
    seen = visit(written, width=width)
    assert seen.calm()
    assert seen.overflow() == 0
    assert seen.page.locator("section").count() >= 6
