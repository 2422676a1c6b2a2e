"""Patrols of volunteers (special constables): so many a day by the calendar, at drawn starting times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from armsim.config.schema.duty import UnitKind, VolunteerTeam
from armsim.domain import MINUTES_PER_DAY, MINUTES_PER_HOUR
from armsim.errors import Problem, ScenarioError
from armsim.model.absence import GOLDEN, marked
from armsim.model.patterns import Floats, Ints
from armsim.model.units import NO_LETTER, patrols_by_day
from armsim.model.crews import Slots

if TYPE_CHECKING:
    from armsim.streams import Streams


@dataclass(frozen=True)
class Patrols:
    """Patrols in order of day and slot; arrays by patrol: slot, start and end (minutes), officers, trained."""

    slot: Ints
    start: Floats
    end: Floats
    officers: Ints
    trained: Ints


def patrols(
    team: VolunteerTeam, kind: UnitKind, slots: Slots, opening: date, begin: float, end: float, rng: np.random.Generator
) -> Patrols:
    raise NotImplementedError
