"""Zones that nothing is sent to are remarked on, unless the scenario says so."""

import pytest

from armsim.testing import small_world

LIST = {"kind": "preference_list", "order": {f"Z{n}": ["East"] for n in range(1, 6)}}


@pytest.mark.parametrize(
    ("policy", "remarks"),
    [
        (
            LIST,
            (
                "dispatch.policy: no list for Z6, Z7, Z8 and 1 more: nothing is sent there; "
                "say so with otherwise: nothing",
            ),
        ),
        (LIST | {"otherwise": "nothing"}, ()),
        (LIST | {"otherwise": "nearest"}, ()),
        ({"kind": "nearest"}, ()),
    ],
)
def test_zones_without_a_list(policy, remarks):
    law = {"exactly": "1 min"}
    dispatch = {"policy": policy, "mobilisation": {"on_patrol": law, "at_base": law}}
    assert small_world(dispatch=dispatch).notes == remarks
