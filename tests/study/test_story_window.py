"""A stretch of a replication, read from what somebody types."""

import re

import pytest

from armsim.config.loader import load_scenario
from armsim.study.plan import Study
from armsim.study.replay import replay
from armsim.study.runner import execute
from armsim.study.story import Story
from armsim.study.story_window import Stretch, stretch


@pytest.fixture(scope="module")
def story(tmp_path_factory, tiny_text):
    file = tmp_path_factory.mktemp("scenario") / "tiny.yaml"
    file.write_text(tiny_text)
    study = Study({"now": load_scenario(file)}, replications=1)
    return Story(replay(execute(study, tmp_path_factory.mktemp("runs")).folder, "now", 0))


@pytest.mark.parametrize(
    ("text", "hours", "begin", "end"),
    [
        (None, 24.0, 0, 1440),
        ("day 0 20:15", 2.0, 1215, 1335),
        ("DAY 0", 1.0, 0, 60),
        ("2018-03-05 06:30", 1.5, 390, 480),
        ("2018-03-05T23:00", 0.25, 1380, 1395),
    ],
)
def test_a_stretch_begins_where_it_is_told(story, text, hours, begin, end):
    assert stretch(story, text, hours) == Stretch(begin, end)


def test_a_stretch_ends_with_the_log_and_begins_an_hour_before_its_incident(story):
    assert stretch(story, "day 0", 1000).end == story.tables["threat"]["end"].max()
    late = max(row["incident"] for row in story.incidents.values() if 100 < row["received_at"] < 1440)
    received = story.incidents[int(late)]["received_at"]
    assert stretch(story, None, 1, int(late)).begin == received - 60
    with pytest.raises(KeyError, match="no incident 999999"):
        stretch(story, None, 1, 999999)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("day 1", "not in the window, which is Mon 05 Mar"),
        ("2018-03-04 23:59", "not in the window"),
        ("day 0 24:30", "hours go to 23"),
        ("noon", "'noon' is no time; write 'day 7 20:00'"),
        ("2018-03-05T06:00+01:00", "names a time zone"),
    ],
)
def test_what_is_no_time_of_the_window_is_refused(story, text, why):
    with pytest.raises(ValueError, match=re.escape(why)):
        stretch(story, text, 24)
