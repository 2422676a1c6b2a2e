"""The page on dispatch says what the built-in policies say, and its example works."""

import re
from pathlib import Path

import pytest

from armsim import registry
from armsim.model import cover, policies

PAGE = (Path(__file__).parents[2] / "docs" / "dispatch.md").read_text(encoding="utf-8")


def rows(heading):
    """Names in the rows of the tables below a heading, by the name in the first column."""
    section = PAGE.partition(f"## {heading}")[2].partition("\n## ")[0]
    return {
        names[0]: names[1:]
        for row in re.findall(r"^\| `.*$", section, re.M)
        if (names := re.findall(r"`(\w+)`", row))
    }


@pytest.mark.parametrize("name", registry.names("armsim.dispatch"))
def test_rules_and_reserve_are_those_of_the_classes(name):
    policy = registry.load("armsim.dispatch", name)
    if not policy.__module__.startswith("armsim."):
        pytest.skip("not one of ours")
    assert tuple(rows("What the log says")[name]) == policy.RULES
    line = next(row for row in PAGE.splitlines() if row.startswith(f"| `{name}`"))
    assert line.rstrip(" |").endswith("not kept") is not policy.keeps_reserve


def test_every_policy_of_ours_has_a_row():
    dispatch = {policies.Nearest, policies.NearestWithReserve, policies.HomeFirst, policies.PreferenceList}
    assert len(rows("Who is sent")) == len(dispatch | {policies.CoverAware})
    moves = {cover.ReturnToBase, cover.PatrolCover, cover.ComplianceTable, cover.Dmexclp}
    assert len(rows("Where free units wait")) == len(moves)


def test_the_example_keeps_its_promises():
    example = re.search(r"^```python\n(.*?)^```$", PAGE, re.M | re.S)
    names = {}
    exec(example[1], names)
    names["test_farthest"]()
