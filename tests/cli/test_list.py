"""Policies and cover moves are listed, each with words of its own."""

import pytest
from click.testing import CliRunner

from armsim import registry
from armsim.cli import main


@pytest.mark.parametrize(
    ("what", "names"),
    [
        ("dispatch", {"nearest", "nearest_with_reserve", "home_first", "preference_list", "cover_aware"}),
        ("cover", {"return_to_base", "patrol", "compliance_table", "dmexclp"}),
    ],
)
def test_what_is_registered_is_listed_with_its_description(what, names):
    result = CliRunner().invoke(main, ["list", what])
    assert result.exit_code == 0
    rows = dict(line.split("\t") for line in result.stdout.splitlines())
    assert names <= rows.keys() == set(registry.names(f"armsim.{what}"))
    assert all(text.endswith(".") for text in rows.values())
    assert len(set(rows.values())) == len(rows)
