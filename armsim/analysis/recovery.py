"""What an attack leaves behind, read off the same replication run with and without it.

Recovery: from the first minute of the attack until free ARVs stay an hour at or above those of the
replication without it. Aftermath: authority for other firearms incidents in the hours that follow.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from armsim.analysis.aid import open_at
from armsim.analysis.availability import FREE, arv_units, intervals_of
from armsim.domain import MINUTES_PER_HOUR, Grade
from armsim.model.attacks import draw_attacks
from armsim.model.world import World
from armsim.streams import Streams

if TYPE_CHECKING:
    from armsim.analysis.measure import Log

Floats = NDArray[np.float64]
#: Free ARVs must stay up for so long.
HOLDS = MINUTES_PER_HOUR


def without_attack(world: World) -> World | None:
    """The world whose study is not given its attack; ``None`` where it is given none."""
    study = world.scenario.study
    if study.given is None:
        return None
    scenario = world.scenario.model_copy(update={"study": study.model_copy(update={"given": None})})
    return replace(world, scenario=scenario)


def attack_totals(log: Log, without: Log, world: World) -> dict[str, float]:
    """Recovery and aftermath of the given attack in one replication.

    Args:
        log: with the attack.
        without: the same replication without it.
        world: the world with the attack.

    Returns:
        ``recovery_minutes`` (to the end of the window where it has not recovered by then), ``recovered``
        (0 or 1); ``aftermath_minutes:attack=A`` (graded to authorised, or to closed without) and
        ``aftermath_count:attack=A`` with A ``with`` and ``without``, of firearms incidents that are no part
        of an attack.
    """
    scenario = world.scenario
    end = scenario.window + scenario.cool_down
    attacks = draw_attacks(world, Streams(log.seed, log.replication), -scenario.warm_up, end)
    struck = float(attacks.minute[attacks.given][0])
    at = recovered_at(_free(log, world), _free(without, world), struck, scenario.window)
    totals = {
        "recovery_minutes": (scenario.window if at is None else at) - struck,
        "recovered": float(at is not None),
    }
    until = min(struck + scenario.study.aftermath, scenario.window)
    for name, one in (("with", log), ("without", without)):
        delay = _delays(one, struck, until)
        totals[f"aftermath_minutes:attack={name}"] = float(delay.sum())
        totals[f"aftermath_count:attack={name}"] = float(len(delay))
    return totals


def recovered_at(
    free: tuple[Floats, Floats], usual: tuple[Floats, Floats], struck: float, end: float
) -> float | None:
    """When free units have come back to stay for an hour; ``None`` when they have not by the end.

    Args:
        free: starts and ends of the intervals in which a unit is free.
        usual: the same in the run that is compared with.
        struck: from when to look.
        end: the hour must be over by then.
    """
    moments = np.unique(np.concatenate([*free, *usual]))
    moments = np.concatenate([[struck], moments[(moments > struck) & (moments < end)]])
    below = open_at(*free, moments) < open_at(*usual, moments)
    # Times at which a spell at or above begins, and those at which the next one below does.
    rises = moments[~below & np.concatenate([[True], below[:-1]])]
    falls = moments[below & np.concatenate([[False], ~below[:-1]])]
    lasts = np.append(falls, end)[: len(rises)]
    held = np.flatnonzero(lasts - rises >= HOLDS)
    return float(rises[held[0]]) if len(held) else None


def _free(log: Log, world: World) -> tuple[Floats, Floats]:
    """Starts and ends of the intervals in which an ARV is free."""
    own = intervals_of(arv_units(log, world), log)
    free = np.isin(own["status"], FREE)
    return own["start"][free], own["end"][free]


def _delays(log: Log, start: float, end: float) -> Floats:
    """Minutes from graded to authorised, or closed without, of firearms incidents; attacks are left out.

    Args:
        log: the log.
        start: those received from then on,
        end: and before then.
    """
    incidents = log.tables["incidents"]
    received = incidents["received_at"]
    keep = (incidents["grade"] == Grade.FIREARMS) & (incidents["attack"] < 0)
    keep &= (received >= start) & (received < end)
    delay = (np.fmin(incidents["authorised_at"], incidents["closed_at"]) - incidents["graded_at"])[keep]
    return np.asarray(delay[~np.isnan(delay)], dtype=np.float64)
