"""The kit passes what we ship and catches what is broken, each fault by its own message."""

from math import inf, nan
from random import random

import pytest

from armsim.model.policies import (
    CoverAware,
    HomeFirst,
    Nearest,
    NearestWithReserve,
    PreferenceList,
)
from armsim.testing import check_dispatch_policy, small_world

LISTS = {f"Z{number}": ["East", "Mid", "South"] for number in range(1, 8)}
COVER = {"in_time": "15 min", "cover": {"within": "20 min", "busy": 0.4, "weight": {"beta": 0.5}}}


@pytest.fixture(scope="module")
def world():
    return small_world()


@pytest.mark.parametrize(
    ("policy", "options"),
    [
        (Nearest, {}),
        (NearestWithReserve, {}),
        (HomeFirst, {}),
        (HomeFirst, {"by": "force", "lead": "4 min"}),
        (HomeFirst, {"lead": "4 min"}),
        (PreferenceList, {"order": LISTS}),
        (PreferenceList, {"order": LISTS, "by_type": {"armed": LISTS}, "otherwise": "nearest"}),
        (CoverAware, COVER),
    ],
)
def test_ours_keep_their_promises(policy, options, world):
    check_dispatch_policy(policy, options, world=world)


class TooFew(Nearest):
    """Prices one candidate fewer."""

    def costs(self, incident, candidates):
        return candidates.arrivals()[1:]


class NotNumbers(Nearest):
    """Holds back with a NaN."""

    def costs(self, incident, candidates):
        return [nan if cost > 20 else cost for cost in candidates.arrivals()]


class MinusInfinity(Nearest):
    """Pays for being sent."""

    def costs(self, incident, candidates):
        return [-inf for _ in candidates.units]


class Nothing(Nearest):
    """Holds back with None."""

    def costs(self, incident, candidates):
        return [None for _ in candidates.units]


class Fickle(Nearest):
    """Answers by chance."""

    def costs(self, incident, candidates):
        return [random() for _ in candidates.units]


class Remembers(Nearest):
    """Prices by how often it was asked."""

    asked = 0

    def costs(self, incident, candidates):
        self.asked += 1
        return [cost * (self.asked % 3 + 1) for cost in candidates.arrivals()]


class MadeDifferent(Nearest):
    """Prices by how many of it there are."""

    made = 0

    def __init__(self, options, world):
        super().__init__(options, world)
        MadeDifferent.made += 1
        self.extra = MadeDifferent.made

    def costs(self, incident, candidates):
        return [cost + self.extra for cost in candidates.arrivals()]


class FirstInList(Nearest):
    """Takes who stands first."""

    def costs(self, incident, candidates):
        return [float(index) for index in range(len(candidates.units))]


class SortsCandidates(Nearest):
    """Puts the minutes in order."""

    def costs(self, incident, candidates):
        candidates.minutes.sort()
        return list(candidates.minutes)


class SpendsReserve(Nearest):
    """Says that it keeps the reserve."""

    keeps_reserve = True


class UnknownRule(Nearest):
    """Names a rule that there is not."""

    def rule(self, incident, candidates, index):
        return 1


class ChangingRule(Nearest):
    """Takes a candidate away when asked why."""

    def rule(self, incident, candidates, index):
        candidates.runs[0].count += 1
        return 0


class AfterAPick(Nearest):
    """Goes wrong once a few units are gone."""

    def costs(self, incident, candidates):
        return candidates.arrivals() if len(candidates.units) > 3 else [nan] * len(candidates.units)


class NoWords(Nearest):
    __doc__ = None


class NoRules(Nearest):
    """Has no rules."""

    RULES = ()


class TwiceRules(Nearest):
    """Has one rule twice."""

    RULES = ("nearest", "nearest")


class NoOptionsAtAll(Nearest):
    """Its options are a dictionary."""

    Options = dict


class MaybeReserve(Nearest):
    """Does not say whether it keeps the reserve."""

    keeps_reserve = None


@pytest.mark.parametrize(
    ("policy", "says"),
    [
        (TooFew, "not one price"),
        (NotNumbers, "no number"),
        (MinusInfinity, "minus infinity"),
        (Nothing, "no number"),
        (Fickle, "asked again"),
        (Remembers, "asked again"),
        (MadeDifferent, "made anew"),
        (FirstInList, "order of the candidates"),
        (SortsCandidates, "costs changed"),
        (SpendsReserve, "sends from it"),
        (UnknownRule, "no index into RULES"),
        (ChangingRule, "rule changed"),
        (AfterAPick, "no number"),
        (NoWords, "docstring"),
        (NoRules, "RULES is no tuple"),
        (TwiceRules, "twice"),
        (NoOptionsAtAll, "Options is no"),
        (MaybeReserve, "keeps_reserve"),
    ],
)
def test_the_broken_are_caught(policy, says, world):
    with pytest.raises(AssertionError, match=says):
        check_dispatch_policy(policy, world=world, examples=30)
