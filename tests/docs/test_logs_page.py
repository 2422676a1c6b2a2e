"""The mapping files and settings that docs/logs.md shows are what armsim reads."""

import re
from pathlib import Path

import pytest
import yaml

from armsim.config.loader import load_scenario
from armsim.config.logs import read_mapping
from armsim.model.demand import draw_incidents
from armsim.streams import Streams
from armsim.study.worlds import world_of

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(
    r"^```yaml\n(.*?)^```$", (ROOT / "docs" / "logs.md").read_text(encoding="utf-8"), re.M | re.S
)
MAPPINGS = [block for block in BLOCKS if block.startswith("armsim_log")]
SETTINGS = [block for block in BLOCKS if not block.startswith("armsim_log")]
TINY = (ROOT / "tests" / "tiny.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("block", MAPPINGS)
def test_mapping_files_of_the_page_are_right(block, tmp_path) -> None:
    (tmp_path / "m.yaml").write_text(block)
    config, _ = read_mapping(tmp_path / "m.yaml")
    assert config.units


@pytest.mark.parametrize("block", SETTINGS)
def test_settings_of_the_page_make_a_scenario_that_draws_its_incidents(block, tmp_path) -> None:
    mapping = yaml.safe_load(MAPPINGS[0])
    del mapping["bases"], mapping["values"], mapping["span"]
    mapping["files"] = "calls.csv"
    (tmp_path / "calls.log.yaml").write_text(yaml.safe_dump(mapping).replace("'", ""))
    header = (
        "IncidentNumber,TimeOfCall,Category,Easting,Northing,UnitsSent,District,FirstUnitStation,"
        "FirstUnitAssigned,FirstUnitArrived,SecondUnitStation,SecondUnitAttendanceSeconds"
    )
    rows = [
        f"{day}-{kind},{day} 10:00,{kind},,,2,D,S,{day} 10:02,{day} 10:09,,"
        for day in ("2017-02-23", "2018-03-05")
        for kind in ("IMMEDIATE", "PRIORITY", "TRAINING")
    ]
    (tmp_path / "calls.csv").write_text("\n".join([header, *rows, ""]))
    shown = yaml.safe_load(block)
    tiny = yaml.safe_load(TINY)
    tiny["demand"] |= shown.get("demand", {})
    tiny |= {name: shown[name] for name in ("overrides", "conditions") if name in shown}
    if "surge" in shown.get("demand", {}):
        tiny["window"] = "7 days"
    (tmp_path / "tiny.yaml").write_text(yaml.safe_dump(tiny))
    with_override = tuple(shown.get("overrides", {}))
    world = world_of(load_scenario(tmp_path / "tiny.yaml", with_override))
    table = draw_incidents(world, Streams(1, 0), 0.0, world.scenario.window)
    assert len(table) > 0
