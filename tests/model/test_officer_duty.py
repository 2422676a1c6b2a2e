"""Officers' duty adds up: to their units' duty, one row a rostered duty, nobody in two places."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from armsim.config.schema.people import PeopleConfig
from armsim.domain import DutyKind
from armsim.model.parades import parades
from armsim.model.roster import duty
from armsim.model.threat import timeline
from armsim.streams import Streams

DAY = 1440.0
BEGIN, END = -DAY, 8 * DAY
PATTERNS = {
    "five": {
        "teams": 5, "days_between_teams": 2, "cycle": ["E", "E", "L", "L", "N", "N", "-", "-", "-", "-"],
        "shifts": {"E": "07:00-17:00", "L": "15:00-01:00", "N": "21:00-07:00"},
    },
    "twelves": {
        "teams": 4, "days_between_teams": 2, "cycle": ["D", "D", "N", "N", "-", "-", "-", "-"],
        "shifts": {"D": "07:00-19:00", "N": "19:00-07:00"},
    },
    "days": {
        "teams": 2, "days_between_teams": 4, "cycle": ["D", "D", "D", "D", "-", "-", "-", "-"],
        "shifts": {"D": "20:00-06:30"},
    },
}  # fmt: skip
SPECIALS = {
    "kind": "volunteers", "hours_a_month": 40, "duty": "7.5 h", "starts": "18:00-19:30", "in_patrols": 0.5,
    "day_weights": {"mon": 1, "tue": 1, "wed": 1, "thu": 1, "fri": 3, "sat": 3, "sun": 1},
}  # fmt: skip
share = st.sampled_from([0.0, 0.25, 0.5, 1.0])


@st.composite
def drawn_parts(draw):
    """Settings of a small scenario in which everything about people may be used."""
    level = {
        "rest_days_cancelled": draw(share),
        "keep_on": draw(st.sampled_from(["0 min", "3 h"])),
        "volunteers": {"asked": 0.5, "response": draw(share)},
    }
    optional = {
        "shift_length": "12 h",
        "pattern": draw(st.sampled_from(sorted(PATTERNS))),
        "recall": {"share": draw(share), "after": "90 min", "length": draw(st.sampled_from(["4 h", "12 h"]))},
    }
    level |= {name: value for name, value in optional.items() if draw(st.booleans())}
    team = {
        "kind": "pattern", "pattern": draw(st.sampled_from(sorted(PATTERNS))),
        "establishment": draw(st.integers(0, 40)), "employment": {"STUDENT": draw(share)},
        "authorisations": {"AFO": draw(share), "RESPONSE_DRIVER": draw(share)},
        "planned_absence": {"leave": 0.2}, "sickness": {"share": 0.05, "spell": "4 days"},
        "rest_days_worked": draw(share), "rest_days_owed": draw(st.sampled_from([0, 1.5])),
        "ced_share": draw(share), "ced_devices": draw(st.sampled_from([None, 0, 3])),
    }  # fmt: skip
    car = {
        "team": "arv", "crew": draw(st.integers(1, 3)), "bases": "arv", "serves": ["G1"],
        "handover": draw(st.sampled_from(["0 min", "20 min"])), "double_crewed": draw(share),
        "crew_needs": draw(st.sampled_from([{}, {"RESPONSE_DRIVER": 1}])),
        "stagger": draw(st.sampled_from([None, {"share": 0.5, "delay": "60 min"}])),
        "vehicles": draw(st.sampled_from([None, 4])), "off_road": {"share": 0.1, "spell": "2 days"},
    }  # fmt: skip
    foot = {"team": "arv", "crew": 2, "order": 2, "bases": "arv", "serves": ["G1"]}
    patrol = {"team": "specials", "crew": 2, "bases": "arv", "serves": ["G1"], "double_crewed": draw(share)}
    changes = sorted(draw(st.lists(st.integers(1, 7 * 24), max_size=3, unique=True)))
    names = ["CRITICAL", "SEVERE"]
    spells = [{"at": f"{hour} h", "level": names[at % 2]} for at, hour in enumerate(changes)]
    return {
        "patterns": PATTERNS,
        "teams": {"arv": team, "specials": SPECIALS | {"headcount": draw(st.integers(0, 30))}},
        "units": {"car": car, "foot": foot, "patrol": patrol},
        "threat": {"timeline": [{"level": "SEVERE"}, *spells], "levels": {"CRITICAL": {"duty": level}}},
    }


def minutes_in(found, row, rows):
    """Minutes of officers' duty rows inside a duty period."""
    start = np.maximum(rows["start"], found.start[row])
    return (np.minimum(rows["end"], found.end[row]) - start).tolist()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=drawn_parts(), replication=st.integers(0, 3))
def test_officers_and_units_add_up(make_world, parts, replication):
    early = PeopleConfig.model_validate({"ced": {"allowed_early": ("STUDENT", "SPECIAL")}})
    world = make_world(**parts)
    world = replace(world, scenario=world.scenario.model_copy(update={"people": early}))
    levels, streams = timeline(world.scenario), Streams(7, replication)
    found = duty(world, streams, levels, BEGIN, END)
    table = found.officer_duty
    order = np.lexsort((table["start"], table["officer"]))
    assert order.tolist() == list(range(len(order)))

    # Every duty period: as many officers as it says, each of them for all of it.
    for row in range(len(found.unit)):
        crew = np.flatnonzero(table["duty"] == row)
        assert len(crew) == found.officers[row]
        inside = minutes_in(found, row, {name: column[crew] for name, column in table.items()})
        assert inside == [found.end[row] - found.start[row]] * len(crew)
        assert found.start[row] < found.end[row]
        assert 0 <= found.ced[row] <= found.officers[row]

    # Units have one duty at a time, and so have officers.
    for name in set(found.unit.tolist()):
        mine = found.unit == name
        assert (found.start[mine][1:] >= found.end[mine][:-1]).all()
    on_duty = table["kind"] <= DutyKind.CALLED_IN
    for officer in set(table["officer"].tolist()):
        mine = on_duty & (table["officer"] == officer)
        assert (table["start"][mine][1:] >= table["end"][mine][:-1]).all()
    assert (table["duty"][~on_duty] == -1).all()

    # Every rostered duty of the parades that touches the run has its one row, and so has every duty on top.
    offset = 0
    for mine in world.force_teams:
        numbers = (table["officer"] >= offset) & (table["officer"] < offset + mine.posts)
        if mine.name == "arv":
            listed = parades(world.scenario, mine, streams, levels, BEGIN, END)
            live = (listed.start < END) & (listed.planned_end > BEGIN)
            # Stagger moves a duty by an hour at most: those near the edges of the run are left aside.
            sure = (listed.start < END - 60) & live
            expected = Counter(zip(listed.officer[sure], listed.kind[sure], strict=True))
            counted = Counter(zip(table["officer"][numbers] - offset, table["kind"][numbers], strict=True))
            assert expected - counted == Counter()
            assert numbers.sum() <= len(listed.officer)
        offset += mine.posts
    assert len(found.officer_table["officer"]) == offset


def test_a_volunteer_is_on_duty_once_a_day_however_few_there_are(make_world):
    team = SPECIALS | {"headcount": 3, "hours_a_month": 200}
    kind = {"team": "specials", "crew": 2, "bases": "arv", "serves": ["G1"]}
    world = make_world(teams={"specials": team}, units={"a": kind, "b": kind})
    found = duty(world, Streams(1, 0), timeline(world.scenario), BEGIN, END).officer_duty
    days = Counter(zip(found["officer"], found["start"] // DAY, strict=True))
    assert set(days.values()) == {1}
