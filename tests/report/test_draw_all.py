"""From opened results to files."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from armsim.analysis.availability import WORK
from armsim.analysis.option import OptionData
from armsim.analysis.response_parts import PARTS
from armsim.config.loader import load_scenario
from armsim.domain import Grade, ThreatLevel
from armsim.report import gather
from armsim.report.charts import draw_all, standard_charts
from armsim.report.files import save
from armsim.study.results import Results

SCENARIO = Path(__file__).parents[2] / "scenarios" / "critical.yaml"
REPLICATIONS = 12
CHARTS = [
    "arv_availability", "arv_by_hour", "armed_percentiles", "response_parts", "second_incident",
    "response_times", "response_by_grade", "response_by_hour", "arv_utilisation", "potential_response_map",
    "replications_enough",
]  # fmt: skip
NEWER = ("response_parts", "second_incident", "response_by_grade", "arv_utilisation", "replications_enough")
MEASURED_LATER = ("response_part", "arv_work_minutes")


def responses(rng):
    """First officer and first CED at grade 1, first armed at firearms."""
    parts = []
    for milestone, grade, size, median in (
        (0, Grade.G1, 9000, 9.4),
        (1, Grade.G1, 3000, 10.5),
        (2, Grade.FIREARMS, 900, 12),
    ):
        parts.append(pd.DataFrame({
            "replication": rng.integers(0, REPLICATIONS, size), "milestone": milestone, "type": 0,
            "grade": int(grade), "zone": rng.integers(0, 40, size),
            "level": np.where(rng.random(size) < 0.3, ThreatLevel.CRITICAL, ThreatLevel.SEVERE),
            "hour": rng.integers(0, 168, size), "fate": 0, "graded": 60, "authorised": 120,
            "second": rng.random(size) < 0.3, "site": -1,
            "seconds": np.ceil(60 * median * np.exp(0.4 * rng.standard_normal(size))).astype(int),
        }))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def totals(table, levels):
    names = {0: "minutes", 1: "arv_free_minutes", 2: "arv_free_zero_minutes", 3: "arv_post_minutes"}
    hour, columns = np.arange(table.shape[1]), {}
    for column, name in names.items():
        for at in hour:
            columns[f"{name}:window_hour={at}"] = table[:, at, column]
        for level in (ThreatLevel.SEVERE, ThreatLevel.CRITICAL):
            columns[f"{name}:level={level.name}"] = table[:, levels == level, column].sum(axis=1)
            for day_hour in range(24):
                cell = (levels == level) & (hour % 24 == day_hour)
                columns[f"{name}:level={level.name}:hour={day_hour}"] = table[:, cell, column].sum(axis=1)
    return pd.DataFrame(columns | made_later(table.shape[0]))


def made_later(replications, levels=("SEVERE", "CRITICAL")):
    """Parts of armed response, such as 2 min of call handling and 6 of travel, and work of ARVs by hour."""
    rng = np.random.default_rng(17)
    columns = {}
    for level in levels:
        columns[f"response_parts:level={level}"] = count = rng.integers(40, 60, replications).astype(float)
        for part, minutes in zip(PARTS, (2, 0, 0.4, 1, 6, 0), strict=True):
            noise = 1 + 0.03 * rng.standard_normal(replications)
            columns[f"response_part_minutes:level={level}:part={part}"] = minutes * noise * count
        for hour in range(24):
            busy = 900 if hour == 19 else 500
            parts = dict(zip(WORK, (1800 - busy, 20, 30, 100, busy - 200, 40, 10), strict=True))
            for work, minutes in parts.items():
                columns[f"arv_work_minutes:level={level}:hour={hour}:work={work}"] = minutes * rng.uniform(
                    0.95, 1.05, replications
                )
    return columns


@pytest.fixture(scope="module")
def results(made):
    scenario = load_scenario(SCENARIO).scenario
    rng = np.random.default_rng(11)
    table = made.availability(REPLICATIONS)
    levels = np.full(table.shape[1], int(ThreatLevel.SEVERE))
    levels[190:286] = ThreatLevel.CRITICAL
    zones = made.zones(40).assign(rural=False, force="Leicestershire")
    potential = np.full((40, len(ThreatLevel)), np.nan)
    potential[:, ThreatLevel.SEVERE] = made.potential(zones)
    potential[:, ThreatLevel.CRITICAL] = made.potential(zones, 2)
    option = OptionData(
        "critical", scenario, zones, responses(rng), totals(table, levels), potential, REPLICATIONS
    )
    bases = [{"name": "A", "x_km": 1.0, "y_km": 2.0, "arv": True}, {"name": "B", "x_km": 0.0, "y_km": 0.0}]
    manifest = {"run_id": "critical-1", "versions": {"armsim": "9.8.7"}, "bases": {"critical": bases}}
    return Results(Path("nowhere"), manifest, {"critical": option})


def test_draws_the_whole_set_in_order(results, tmp_path):
    files = draw_all(results, tmp_path / "figures")
    assert [path.name for path in files] == [f"{n}.{end}" for n in CHARTS for end in ("png", "svg", "csv")]
    assert all(path.stat().st_size > 200 for path in files)
    svg = (tmp_path / "figures" / "arv_by_hour.svg").read_text(encoding="utf-8")
    assert "armsim 9.8.7, run critical-1, 12 replications" in svg


def test_charts_without_figures_are_left_out(results):
    whole = results.option()
    bare = OptionData(
        "critical", whole.scenario, whole.zones, whole.responses.iloc[:0],
        whole.totals[["minutes:level=SEVERE"]] * 0, whole.potential * np.nan, REPLICATIONS,
    )  # fmt: skip
    assert standard_charts(Results(Path("nowhere"), results.manifest, {"critical": bare})) == []


def test_without_the_series_over_the_window_the_day_chart_stays(results):
    whole = results.option()
    kept = [name for name in whole.totals if "window_hour" not in name]
    less = OptionData(
        "critical", whole.scenario, whole.zones, whole.responses, whole.totals[kept], whole.potential, 12
    )
    charts = standard_charts(Results(Path("nowhere"), results.manifest, {"critical": less}))
    assert [chart.name for chart in charts] == CHARTS[1:]


def test_a_run_that_measured_less_has_the_charts_that_it_can(results):
    whole = results.option()
    kept = [name for name in whole.totals if not name.startswith(MEASURED_LATER)]
    less = OptionData(
        "critical", whole.scenario, whole.zones, whole.responses, whole.totals[kept], whole.potential, 12
    )
    charts = standard_charts(Results(Path("nowhere"), results.manifest, {"critical": less}))
    missing = {"response_parts", "arv_utilisation"}
    assert [chart.name for chart in charts] == [name for name in CHARTS if name not in missing]


def test_no_chart_has_more_than_four_series_and_all_name_the_run(results):
    for chart in standard_charts(results):
        for axes in chart.figure.axes:
            styles = {
                (line.get_color(), line.get_linestyle()) for line in axes.lines if len(line.get_xdata()) > 9
            }
            faces = {
                patch.get_facecolor() for patch in axes.patches if patch.get_width() and patch.get_height()
            }
            assert len(styles) <= 4, chart.name
            assert len(faces) <= 4, chart.name
        printed = " ".join(text.get_text() for text in chart.figure.texts).replace("\n", " ")
        assert "armsim 9.8.7, run critical-1, 12 replications" in printed
        assert len(chart.title.split()) <= 14, chart.title
        assert not chart.data.empty


def test_charts_drawn_again_give_the_same_bytes(results, tmp_path):
    drawn = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        charts = [chart for chart in standard_charts(results) if chart.name in NEWER]
        assert len(charts) == len(NEWER)
        drawn.append({path.name: path.read_bytes() for chart in charts for path in save(chart, folder, 40)})
    assert drawn[0] == drawn[1]


def test_unknown_option_is_refused(results):
    with pytest.raises(KeyError, match="other"):
        standard_charts(results, "other")


def test_gathered_availability_puts_sums_in_their_columns(results):
    option = results.option()
    table = gather.hours_of_window(option)
    assert table.shape == (12, 672, 4)
    assert table[3, 200, 1] == option.totals["arv_free_minutes:window_hour=200"].iloc[3]
    day = gather.hours_of_day(option)[ThreatLevel.CRITICAL]
    assert day[5, 7, 2] == option.totals["arv_free_zero_minutes:level=CRITICAL:hour=7"].iloc[5]


def test_bases_shown_are_those_with_arvs(results):
    assert gather.arv_bases(results.manifest, "critical").to_dict("records") == [
        {"name": "A", "x_km": 1.0, "y_km": 2.0}
    ]
    assert gather.arv_bases({}, "critical").empty


def test_targets_are_those_of_the_scenario(results):
    lines = gather.target_lines(results.option().scenario, "first_officer", "G1")
    assert [line.minutes for line in lines] == [15.0, 20.0]
