"""Crews that need authorisations."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from armsim.domain import Authorisation
from armsim.model.seating import needs_of, seated

AFO, DRIVER = 2 ** int(Authorisation.AFO), 2 ** int(Authorisation.ADVANCED_DRIVER)
TWO_AFO = needs_of({"AFO": 2})


def crews(bits, sizes, least, needs):
    return [crew.tolist() for crew in seated(np.array(bits, dtype=np.int64), sizes, least, needs)]


def test_needs_are_in_order_of_authorisation():
    assert needs_of({"ADVANCED_DRIVER": 1, "AFO": 2}) == ((AFO, 2), (DRIVER, 1))


def test_where_everybody_holds_everything_crews_are_officers_in_order():
    assert crews([AFO] * 7, [2, 3, 2, 2], 2, TWO_AFO) == [[0, 1], [2, 3, 4], [5, 6]]
    assert crews([AFO] * 7, [3, 3, 3], 2, TWO_AFO) == [[0, 1, 2], [3, 4, 5]]


def test_the_first_holders_then_the_first_of_the_rest():
    bits = [0, AFO, AFO, 0, AFO, 0, AFO]
    assert crews(bits, [2, 2, 2], 2, TWO_AFO) == [[1, 2], [4, 6]]
    assert crews(bits, [3, 3, 3], 3, TWO_AFO) == [[0, 1, 2], [3, 4, 6]]
    assert crews([0, AFO, 0, 0], [2, 2], 2, needs_of({"AFO": 1})) == [[0, 1]]


def test_no_unit_without_holders():
    assert crews([0, AFO, 0, 0], [2, 2], 2, TWO_AFO) == []
    assert crews([], [2], 2, TWO_AFO) == []


def test_one_officer_may_meet_two_needs():
    needs = needs_of({"AFO": 2, "ADVANCED_DRIVER": 1})
    assert crews([AFO, AFO, AFO | DRIVER, DRIVER], [2, 2], 2, needs) == [[0, 2]]
    assert crews([AFO, AFO, DRIVER], [3], 2, needs) == [[0, 1, 2]]


bits = st.lists(st.sampled_from([0, AFO, DRIVER, AFO | DRIVER]), max_size=8)
wanted = st.fixed_dictionaries({"AFO": st.integers(1, 2), "ADVANCED_DRIVER": st.integers(1, 2)})


@given(held=bits, needs=wanted.map(needs_of), size=st.integers(1, 3))
def test_a_crew_is_the_first_set_of_officers_that_meets_the_needs(held, needs, size):
    possible = [
        list(crew)
        for crew in combinations(range(len(held)), size)
        if all(sum(bool(held[one] & bit) for one in crew) >= count for bit, count in needs)
    ]
    assert crews(held, [size], size, needs) == possible[:1]


@given(held=bits, needs=wanted.map(needs_of), size=st.integers(2, 3), more=st.sampled_from([0, AFO, DRIVER]))
def test_one_more_officer_re_crews_nobody(held, needs, size, more):
    before, after = (crews(those, [size] * 8, 2, needs) for those in (held, [*held, more]))
    assert len(before) <= len(after)
    assert all(set(one) <= set(other) for one, other in zip(before, after, strict=False))
