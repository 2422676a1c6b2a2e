import json
import re
import shutil

import pytest
from click.testing import CliRunner

from armsim.cli.execution import show_failures
from armsim.config.loader import load_scenario
from armsim.errors import DataError, ReplicationError, RunFolderError
from armsim.study.plan import Study
from armsim.study.replay import replay
from armsim.study.runner import execute
from armsim.study.store import Failure
from armsim.study.story import Story
from armsim.study.story_days import days


@pytest.fixture(scope="module")
def folder(tmp_path_factory, tiny_text):
    file = tmp_path_factory.mktemp("scenario") / "tiny.yaml"
    file.write_text(tiny_text)
    study = Study({"now": load_scenario(file)}, replications=2)
    return execute(study, tmp_path_factory.mktemp("runs")).folder


def test_replay_gives_what_the_run_measured(folder):
    again = replay(folder, "now", 1)
    assert again.same is True
    assert again.digest == again.stored
    assert len(again.log.tables["deployments"]["unit"]) > 10


def test_a_changed_digest_and_a_folder_without_digests_are_told_apart(folder, tmp_path):
    for content, same, words in (
        ({"0": "0" * 64, "1": "0" * 64}, False, "the program has changed since"),
        (None, None, "stored no digests"),
        ({"0": "0" * 64}, None, "no result of this replication"),
    ):
        copy = tmp_path / words
        shutil.copytree(folder, copy)
        (file,) = copy.glob("parts/*/*/part.json")
        record = json.loads(file.read_text())
        del record["measures"]
        file.write_text(json.dumps(record | ({"measures": content} if content else {})))
        again = replay(copy, "now", 1)
        assert again.same is same
        assert words in again.remark


def test_an_unknown_option_is_refused_with_a_hint(folder):
    with pytest.raises(RunFolderError, match="no option 'nwo'; did you mean now"):
        replay(folder, "nwo", 0)


def test_a_replication_that_fails_says_its_seed_and_why(folder, monkeypatch):
    from armsim.engine import simulation

    def faulty(*_):
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(simulation, "simulate", faulty)
    with pytest.raises(ReplicationError, match=r"replication 1 of option 'now' \(seed 3\) failed: Zero"):
        replay(folder, "now", 1)


def test_a_data_file_that_has_changed_is_refused(tmp_path, tiny_text):
    zones = tmp_path / "zones.csv"
    rows = [f"Z{index},{5000 + index},4.5,{3 * index},{index}" for index in range(8)]
    zones.write_text("\n".join(["zone,population,area_km2,x_km,y_km", *rows]) + "\n")
    text = re.sub(r"region:\n.*\n", "region: {zones: {file: zones.csv}}\n", tiny_text)
    (tmp_path / "tiny.yaml").write_text(text)
    ended = execute(Study({"now": load_scenario(tmp_path / "tiny.yaml")}, replications=1), tmp_path / "runs")
    assert replay(ended.folder, "now", 0).same is True
    zones.write_text(zones.read_text().replace("5003", "9003"))
    with pytest.raises(DataError, match=r"zones\.csv \(sha256"):
        replay(ended.folder, "now", 0)


def test_an_incident_is_told_in_order_with_what_the_log_holds(folder):
    story = Story(replay(folder, "now", 0))
    number = next(
        int(row["incident"])
        for row in story.incidents.values()
        if row["first_armed_at"] > 0 and row["received_at"] > 0 and row["sent"] == 1
    )
    row = story.incidents[number]
    events = story.events(number)
    assert [event.minute for event in events] == sorted(event.minute for event in events)
    kinds = [event.what for event in events]
    assert kinds[0] == "received"
    assert kinds[-1] == "outcome"
    assert kinds.count("assigned") == kinds.count("arrived") == 1
    armed = next(event for event in events if event.text.startswith("First armed officers"))
    assert armed.minute == row["first_armed_at"]
    wait = row["first_armed_at"] - row["received_at"]
    assert f"{wait:.1f} min after being received" in armed.text
    assert events[0].at == story.clock(row["received_at"])
    with pytest.raises(KeyError, match="no incident 999999 in this replication; they run from"):
        story.events(999999)


def test_clock_names_day_and_second(folder):
    story = Story(replay(folder, "now", 0))
    assert story.clock(0) == "Mon 05 Mar 00:00:00"
    assert story.clock(1440 + 60.5) == "Tue 06 Mar 01:00:30"


def test_days_count_every_incident_of_the_window_and_name_the_longest_wait(folder):
    story = Story(replay(folder, "now", 0))
    (day,) = days(story)
    counted = [row for row in story.incidents.values() if 0 <= row["received_at"] < 1440]
    assert f"{len(counted)} incidents received" in " ".join(day.sentences)
    assert "The threat level is SEVERE." in day.sentences
    armed = [row for row in counted if row["grade"] == 0 and row["first_armed_at"] > 0]
    worst = max(armed, key=lambda row: row["first_armed_at"] - row["received_at"])
    assert int(worst["incident"]) in [look.incident for look in day.looks]


def test_verb_tells_text_and_json_and_ends_with_1_when_it_is_not_the_same(folder, tmp_path):
    from armsim.cli.app import main

    done = CliRunner().invoke(main, ["replay", str(folder), "now", "0", "--format", "json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["same"], told["replication"], len(told["days"])) == (True, 0, 1)
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    (file,) = copy.glob("parts/*/*/part.json")
    record = json.loads(file.read_text())
    file.write_text(json.dumps(record | {"measures": {"0": "0" * 64}}))
    incident = str(told["days"][0]["looks"][0]["incident"])
    other = CliRunner().invoke(main, ["replay", str(copy), "now", "0", "--incident", incident])
    assert other.exit_code == 1, other.output
    assert f"now, replication 0, seed 3, incident {incident}" in other.stdout
    none = CliRunner().invoke(main, ["replay", str(copy), "now", "0", "--incident", "999999"])
    assert none.exit_code == 2
    assert "no incident 999999" in none.output


def test_a_page_is_written_whole_and_says_where(folder, tmp_path):
    from armsim.cli.app import main

    page, command = tmp_path / "new" / "day.html", ["replay", str(folder), "now", "0", "--page"]
    done = CliRunner().invoke(main, [*command, str(page), "--from", "day 0 06:00", "--hours", "2"])
    assert done.exit_code == 0, done.output
    assert done.stdout == f"{page}\n"
    assert "Mon 05 Mar 06:00:00 to Mon 05 Mar 08:00:00, " in done.stderr
    assert page.read_bytes().startswith(b"<!DOCTYPE html>")
    assert [path.name for path in page.parent.iterdir()] == ["day.html"]
    story = Story(replay(folder, "now", 0))
    late = max(number for number, row in story.incidents.items() if 120 < row["received_at"] < 1440)
    done = CliRunner().invoke(main, [*command, str(page), "--incident", str(late)])
    assert story.clock(story.incidents[late]["received_at"] - 60) in done.stderr


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (["--page", "x.html", "--from", "noon"], "'noon' is no time"),
        (["--page", "x.html", "--from", "day 1"], "not in the window"),
        (["--page", "x.html", "--incident", "999999"], "no incident 999999"),
        (["--page", "x.html", "--hours", "0"], "--hours"),
        (["--from", "day 0"], "--from is for --page"),
        (["--hours", "3"], "--hours is for --page"),
    ],
)
def test_a_page_that_cannot_be_is_refused_and_nothing_written(folder, tmp_path, monkeypatch, more, why):
    from armsim.cli.app import main

    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["replay", str(folder), "now", "0", *more])
    assert done.exit_code == 2
    assert why in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_each_failure_is_shown_with_the_command_that_runs_it_alone(tmp_path, capsys):
    show_failures(tmp_path / "a run", [Failure("more ARVs", 7, 3, "ZeroDivisionError: x")])
    said = capsys.readouterr().err
    assert "replication 7 of more ARVs (seed 3) failed: ZeroDivisionError: x" in said
    assert f"armsim replay '{tmp_path}/a run' 'more ARVs' 7" in said
    assert "1 failed, the others are kept" in said
