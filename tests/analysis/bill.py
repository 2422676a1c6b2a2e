"""An option with teams, prices and totals written by hand, for tests of money."""

import numpy as np
import pandas as pd

from armsim.analysis.curve import REACHED
from armsim.analysis.option import RESPONSE_TYPES, OptionData
from armsim.domain import Grade
from armsim.testing.small_world import small_world

YEAR = 365.25 * 1440
#: A window of a hundredth of a year: what is paid in it, times 100, is paid a year.
WINDOW = YEAR / 100
PATTERN = {"teams": 1, "shifts": {"D": "24 h"}, "cycle": ("D",), "days_between_teams": 1}
TEAMS = {
    "arv": {
        "kind": "pattern", "role": "ARV", "establishment": {"ash": 20, "birch": 10}, "pattern": "day",
        "vacancies": 0.1,
    },
    "response": {
        "kind": "pattern",
        "establishment": {"ash": 100},
        "pattern": "day",
        "employment": {"STUDENT": 0.2},
        "ced_share": {"REGULAR": 0.5, "STUDENT": 0.5},
        "ced_devices": {"ash": 30},
    },
    "specials": {
        "kind": "volunteers",
        "headcount": {"ash": 40},
        "hours_a_month": 18,
        "duty": "8 h",
        "starts": "18:00-19:00",
        "day_weights": {"fri": 1},
        "in_patrols": 0.5,
        "ced_share": 0.3,
    },
}  # fmt: skip
SERVES = ("FIREARMS", "G1")
UNITS = {
    "arv": {
        "team": "arv", "bases": "all", "crew": 2, "serves": SERVES, "armed": True, "arv": True,
        "vehicles": {"ash": 4, "birch": 2},
    },
    "car": {"team": "response", "bases": "all", "serves": SERVES, "vehicles": {"ash": 25}},
    "pair": {"team": "specials", "bases": "all", "crew": 2, "serves": SERVES},
}  # fmt: skip
PRICES = {
    "officer_year": {"REGULAR": 50_000, "STUDENT": 36_000, "SPECIAL": 1_500},
    "hour": 30,
    "vehicles": {"arv": {"buy": 60_000, "life": 4, "run": 15_000}},
    "ced": {"device": 800, "life": 5, "consumables": 60},
    "courses": {
        "ced": {"length": "3 days", "cost": 33},
        "ced_refresher": {"length": "1 day", "cost": 10},
        "arv": {"length": "9 weeks", "cost": 12_000},
    },
    "allowance": {"arv": 3_000},
    "aid_hour": 60,
    "posts_a_year": {"lease": 7_000},
    "one_off": {"=refit": 9_000},
}
#: Refreshers exactly once a year.
PEOPLE = {"ced": {"refresher_every": f"{YEAR:.0f} min"}}


def option(name="now", totals=None, seconds=None, replications=3, **changes):
    """The option, with totals by name (a value a replication) and seconds of responses by replication."""
    settings = {
        "teams": TEAMS,
        "units": UNITS,
        "patterns": {"day": PATTERN},
        "prices": PRICES,
        "people": PEOPLE,
    }
    settings |= {"window": f"{WINDOW:.1f} min"} | changes
    world = small_world(**settings)
    table = pd.DataFrame({"minutes:level=SEVERE": np.full(replications, WINDOW), **(totals or {})})
    owner = np.repeat(np.arange(len(seconds or ())), [len(mine) for mine in seconds or ()])
    columns = {key: np.zeros(len(owner), dtype=kind) for key, kind in RESPONSE_TYPES.items()}
    columns["seconds"] = np.array([second for mine in seconds or () for second in mine], dtype=np.int32)
    responses = pd.DataFrame({"replication": owner, **columns}).assign(fate=REACHED, grade=Grade.G1.value)
    return OptionData(name, world.scenario, world.zones, responses, table, np.zeros((9, 5)), replications)
