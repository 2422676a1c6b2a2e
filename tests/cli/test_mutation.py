"""Whatever happens to a shipped scenario, ``check`` answers; it never falls over."""

import copy
import json
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from armsim.cli import main
from armsim.config.compose import compose

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))
ODD = st.sampled_from(
    [
        None, True, False, 0, -1, 1, 7, 0.5, -0.5, 1e308, -1e308, 10**30, -(10**30), 1e-300,
        "", " ", "-", ".", "0", "-3 min", "3 min", "9999999999 days", "1e400 h", "50%", "400%", "63 km/h",
        "63 km", "arv", "SEVERE", "CRITICAL", "G1", "POST", "no one", "2018-03-05", "24:00", "00:00-00:00",
        "\u202e", "é" * 300, "a.b", "../..", "/dev/null", ".inf", "~", "<<", "\u2028", [], [[]],
        [None], [1, 1], ["E", "-"], {}, {"": 1}, {"kind": "matrix"}, {"exactly": "0 min"}, {"1": 1.0},
    ]
)  # fmt: skip
ACTIONS = ("delete", "replace", "rename", "swap", "double", "scale")


@cache
def composed(file):
    return compose(file).data


def places(data, path=()):
    """Paths of everything in *data* but the whole."""
    if isinstance(data, (dict, list)):
        for key in list(data) if isinstance(data, dict) else range(len(data)):
            yield (*path, key)
            yield from places(data[key], (*path, key))


def parent(data, path):
    for key in path[:-1]:
        data = data[key]
    return data


def mutate(data, draw):
    """Change *data* at a place drawn; sources are left out, they are most of a file and only words."""
    known = [path for path in places(data) if path[0] != "sources"]
    if not known:
        return
    # First a section and then a place in it, or the long lists of rates would take nearly every draw.
    section = draw(st.sampled_from(sorted({str(path[0]) for path in known})))
    path = draw(st.sampled_from([one for one in known if str(one[0]) == section]))
    holder, key, action = parent(data, path), path[-1], draw(st.sampled_from(ACTIONS))
    if action == "delete":
        del holder[key]
    elif action == "replace":
        holder[key] = copy.deepcopy(draw(ODD))
    elif action == "rename" and isinstance(holder, dict):
        holder[draw(st.sampled_from([f"{key}x", "", "kind", "1", "a.b", "Ω", "arv"]))] = holder.pop(key)
    elif action == "swap":
        other = draw(st.sampled_from(known))
        value, theirs = copy.deepcopy(holder[key]), copy.deepcopy(parent(data, other)[other[-1]])
        parent(data, other)[other[-1]] = value
        if other[: len(path)] != path and path[: len(other)] != other:
            holder[key] = theirs
    elif action == "double" and isinstance(holder[key], list):
        holder[key] = copy.deepcopy(holder[key] * 2)
    elif isinstance(holder[key], (int, float)) and not isinstance(holder[key], bool):
        holder[key] *= draw(st.sampled_from([-1, 0, 1e-9, 0.5, 3, 1e12]))


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_unchanged_it_passes(file, tmp_path):
    copied = tmp_path / "copy.yaml"
    copied.write_text(json.dumps(composed(file)))
    result = CliRunner().invoke(main, ["check", str(copied)])
    assert result.exit_code == 0
    assert f"{copied}: no problems" in result.stderr


@settings(
    max_examples=150,
    database=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
@given(st.data())
def test_check_answers_whatever_is_changed(tmp_path, data):
    scenario = copy.deepcopy(composed(data.draw(st.sampled_from(SCENARIOS))))
    for _ in range(data.draw(st.integers(1, 4))):
        mutate(scenario, data.draw)
    file = tmp_path / "changed.yaml"
    file.write_text(json.dumps(scenario), encoding="utf-8")
    result = CliRunner().invoke(main, ["check", str(file)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code in {0, 2}
    last = result.stderr.splitlines()[-1]
    assert ("Nothing was run." in last) if result.exit_code == 2 else (": no problems; " in last)
    assert "Traceback" not in result.stderr
