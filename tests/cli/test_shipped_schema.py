"""The schema beside the scenarios is the one of the models, and the scenarios satisfy it."""

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from armsim.cli.app import main
from armsim.config.source import read

FOLDER = Path(__file__).parents[2] / "scenarios"
SCHEMA = FOLDER / "armsim.schema.json"


def test_schema_is_up_to_date():
    """Where this fails: armsim schema -o scenarios/armsim.schema.json."""
    result = CliRunner().invoke(main, ["schema"])
    assert json.loads(result.stdout) == json.loads(SCHEMA.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_scenarios_satisfy_it_and_name_it(path):
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert [error.json_path for error in validator.iter_errors(read(path).data)] == []
    assert path.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=armsim.schema.json\n")


def test_a_misspelt_key_is_found():
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert list(validator.iter_errors({"titel": "x"}))
