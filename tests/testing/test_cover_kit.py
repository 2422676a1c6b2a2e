"""The kit for cover policies passes what we ship and catches what is broken."""

from random import random

import pytest

from armsim.model.cover import ComplianceTable, Dmexclp, PatrolCover, ReturnToBase
from armsim.testing import check_cover, small_world

TABLE = {"order": ["Mid", "East", "Mid", "South"], "review": "30 min"}


@pytest.fixture(scope="module")
def world():
    return small_world()


@pytest.mark.parametrize(
    ("policy", "options"),
    [
        (ReturnToBase, {}),
        (PatrolCover, {"slot": "30 min"}),
        (ComplianceTable, TABLE),
        (ComplianceTable, {"order": ["South"]}),
        (Dmexclp, {"within": "20 min", "busy": 0.3}),
    ],
)
def test_ours_keep_their_promises(policy, options, world):
    check_cover(policy, options, world=world, examples=30)


class Nowhere(ReturnToBase):
    """Sends to a base that there is not."""

    def goes_to(self, own, held):
        return len(held)


class Fickle(ReturnToBase):
    """Sends by chance."""

    def goes_to(self, own, held):
        return int(random() * len(held))


class Empties(ReturnToBase):
    """Forgets who holds what."""

    def goes_to(self, own, held):
        held[own] = 0
        return own


class Unasked(ReturnToBase):
    """Moves units at reviews that it has not."""

    def review(self, at, minutes):
        return [0 for _ in at]


class Loses(ReturnToBase):
    """Loses a unit at a review."""

    review_every = 30.0

    def review(self, at, minutes):
        return list(at[1:])


class FirstLeaves(ReturnToBase):
    """Moves whoever stands first."""

    review_every = 30.0

    def review(self, at, minutes):
        return [0 if index == 0 else base for index, base in enumerate(at)]


class Endless(ReturnToBase):
    """Reviews without end."""

    review_every = float("nan")


class NoWords(ReturnToBase):
    __doc__ = None


@pytest.mark.parametrize(
    ("policy", "says"),
    [
        (Nowhere, "no base of the force"),
        (Fickle, "answers something else"),
        (Empties, "changed what it was given"),
        (Unasked, "has no reviews"),
        (Loses, "one base for each unit"),
        (FirstLeaves, "order of the units"),
        (Endless, "review_every"),
        (NoWords, "docstring"),
    ],
)
def test_the_broken_are_caught(policy, says, world):
    with pytest.raises(AssertionError, match=says):
        check_cover(policy, world=world, examples=30)
