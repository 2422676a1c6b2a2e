"""Charts of a calibration say what was fitted, with every figure in their data."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest

from armsim.report.chart_calibration import charts, draw_calibration
from armsim.study.calibrate import Settings, calibrate


def _maker():
    """The maker of logs of the calibration tests."""
    path = Path(__file__).parents[1] / "study" / "made_log.py"
    spec = spec_from_file_location("made_log_for_charts", path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def made():
    return calibrate(_maker().made_log(days=28, seed=3), settings=Settings(draws=40))


@pytest.fixture(scope="module")
def drawn(made):
    return {chart.name: chart for chart in charts(made)}


def test_three_charts_with_their_figures(drawn):
    assert list(drawn) == ["calibrated_profiles", "calibrated_travel", "calibrated_times"]
    profiles = drawn["calibrated_profiles"].data
    assert len(profiles) == 2 * 168
    assert (profiles["low_an_hour"] <= profiles["fitted_an_hour"] + 1e-9).mean() > 0.95
    for chart in drawn.values():
        assert chart.title
        assert "made-up log" in chart.context.source
        assert "2018-03-05 to 2018-03-25" in chart.caption


def test_the_title_of_travel_is_what_the_data_say(drawn):
    data = drawn["calibrated_travel"].data
    off = np.abs(data["fitted_p50_minutes"] / data["log_p50_minutes"] - 1).max()
    assert f"within {off:.0%}" in drawn["calibrated_travel"].title
    assert off < 0.25
    assert data["km"].is_monotonic_increasing


def test_laws_follow_the_log(drawn):
    data = drawn["calibrated_times"].data
    gap = (data["log"] - data["law"]).abs().groupby(data["what"]).max()
    assert (gap < 0.2).all()
    assert f"{gap.max():.1%}" in drawn["calibrated_times"].title
    assert (data.groupby("what")["law"].diff().fillna(0) >= -1e-9).all()


def test_files_are_written_and_the_same_each_time(made, tmp_path):
    one = draw_calibration(made, tmp_path / "one")
    two = draw_calibration(made, tmp_path / "two")
    assert len(one) == 9
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]
