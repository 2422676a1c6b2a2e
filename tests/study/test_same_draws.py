"""Common random numbers, exactly: two options draw the same incidents and leave every shared stream alike."""

import hashlib

import numpy as np
import pytest

import armsim
from armsim.domain import Record
from armsim.engine.simulation import simulate
from armsim.streams import Streams
from armsim.study.worlds import world_of

GIVEN = ("type", "grade", "zone", "level", "x", "y", "received_at", "force")


@pytest.fixture
def logs(tiny, monkeypatch):
    """Log and streams, by name, of the tiny scenario and of the same with faster and fewer vehicles."""
    real, made = Streams.generator, {}

    def kept(self, *name):
        generator = real(self, *name)
        made.setdefault("\x1f".join(map(str, name)), []).append(generator)
        return generator

    monkeypatch.setattr(Streams, "generator", kept)
    found = []
    for sets in ((), ("travel.cruising_speed=80 km/h", "teams.arv.establishment=5")):
        made.clear()
        log = simulate(world_of(armsim.load_scenario(tiny, sets=sets)), 3, 0, Record.FULL)
        found.append(
            (log, {name: [one.bit_generator.state for one in drawn] for name, drawn in made.items()})
        )
    return found


def digest(log):
    table = log.tables["incidents"]
    return hashlib.sha256(b"".join(np.ascontiguousarray(table[name]).tobytes() for name in GIVEN)).hexdigest()


def test_both_options_meet_the_same_incidents(logs):
    (first, _), (second, _) = logs
    assert digest(first) == digest(second)
    assert not np.array_equal(
        first.tables["incidents"]["first_armed_at"], second.tables["incidents"]["first_armed_at"]
    )


def test_as_much_is_drawn_from_every_stream_of_demand(logs):
    (_, first), (_, second) = logs
    names = [name for name in first if name.startswith("demand")]
    assert len(names) > 5
    assert {name: first[name] for name in names} == {name: second[name] for name in second if name in names}
