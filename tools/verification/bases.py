"""Cases of units at several bases, by Markov chains."""

from __future__ import annotations

from typing import Any

import numpy as np

from verification.chains import Dispatch, phases, stationary
from verification.common import Case, case, classes, exponential, mean_travel, one_base, shares, spread

TRAVEL = [[4.0, 9.5, 15.2, 21.3], [12.6, 3.8, 7.7, 16.4], [22.5, 14.1, 9.3, 5.2]]
RATES = [0.012, 0.014, 0.009, 0.011]


def hypercube_queue() -> Case:
    """The case of hypercube queue."""
    service = 40.0
    model, order = spread(TRAVEL, RATES)
    found = Dispatch([RATES], [order], [1 / service] * 3, [0], True, 150).solve()
    travel = mean_travel(found["trips"], TRAVEL)
    own = sum(found["trips"][0][order[z][0], z] for z in range(len(RATES)))
    return case(
        "S08-hypercube-queue",
        "Three units, four zones, nearest free unit, first come first served",
        "Larson (1974), solved exactly",
        model | {"service": exponential(service), "policy": {"travel": "recorded_only", "queue": "fifo"}},
        {
            "unit_utilisation": found["utilisation"],
            "dispatch_fraction": shares(found["trips"][0]),
            "interresponse_area_fraction": 1 - float(own / found["trips"].sum()),
            "mean_travel": travel,
            "p_wait": found["refused_all"],
            "mean_wait": found["wait_all"],
            "mean_response": travel + found["wait_all"],
        },
    )


def hypercube_loss() -> Case:
    """The case of hypercube loss."""
    means = {"U1": 35.0, "U2": 52.0, "U3": 44.0}
    model, order = spread(TRAVEL, RATES)
    found = Dispatch([RATES], [order], [1 / mean for mean in means.values()], [0], False).solve()
    trips = found["trips"][0]
    return case(
        "S09-hypercube-loss",
        "As S08, units with services of their own, nobody waits",
        "Larson (1974), zero line capacity, solved exactly",
        model
        | {"service": {"distribution": "exponential", "mean_by_unit": means}}
        | {"policy": {"travel": "recorded_only", "queue": "loss"}},
        {
            "unit_utilisation": found["utilisation"],
            "dispatch_fraction": shares(trips),
            "mean_travel": mean_travel(trips, TRAVEL),
            "p_loss": found["refused_all"],
            "p_response_le": {
                str(t): float(trips[np.array(TRAVEL) <= t].sum() / trips.sum()) for t in (6, 10, 16)
            },
        },
    )


def last_scene() -> Case:
    """The case of last scene."""
    service = 40.0
    rates = [0.016, 0.019, 0.013, 0.014]
    model, order = spread(TRAVEL, rates)
    between = [[1.5, 8.0, 13.0, 20.0], [8.0, 1.2, 6.0, 12.5], [13.0, 6.0, 1.4, 9.0], [20.0, 12.5, 9.0, 1.1]]
    found = Dispatch([rates], [order], [1 / service] * 3, [0], True, 220).solve()
    straight = Dispatch([rates], [order], [1 / service] * 3, [0], True, 220)
    share = np.array(rates) / sum(rates)
    queued = float(share @ np.array(between) @ share)
    at_once = immediate(straight)
    waiting = found["refused_all"]
    return case(
        "S10-last-scene",
        "As S08 at a higher load; a call off the queue is reached from the unit's last scene",
        "Larson (1974): T_Q, exact for equal service rates",
        model
        | {"service": exponential(service), "zone_travel_time": between}
        | {"policy": {"travel": "recorded_only", "queue": "fifo", "queued_travel_origin": "last_scene"}},
        {
            "unit_utilisation": found["utilisation"],
            "mean_travel": at_once * (1 - waiting) + queued * waiting,
            "mean_travel_of_queued_calls": queued,
            "p_wait": waiting,
            "mean_wait": found["wait_all"],
        },
    )


def immediate(system: Dispatch) -> float:
    """Mean travel of calls sent at once."""
    chain = stationary((0, (0,)), system.moves)
    total = away = 0.0
    for (busy, _), p in chain.items():
        for zone, rate in enumerate(system.rates[0]):
            unit = system.pick(0, zone, busy)
            if unit is not None:
                total += p * rate
                away += p * rate * TRAVEL[unit][zone]
    return away / total


def travel_phase() -> Case:
    """The case of travel phase."""
    rates, travel = [0.012, 0.016], [[6.0, 14.0], [15.0, 7.0]]
    service = {"U1": {"Z1": 25.0, "Z2": 32.0}, "U2": {"Z1": 38.0, "Z2": 22.0}}
    model, order = spread(travel, rates)
    found = phases(rates, order, travel, [list(row.values()) for row in service.values()], 220)
    away = mean_travel(found["trips"], travel)
    return case(
        "S11-travel-phase",
        "Two units, two zones; exponential travel inside the busy time, work by unit and zone",
        "Markov chain of units on the way and on the scene",
        model
        | {"service": {"distribution": "exponential", "mean_by_unit_zone": service}}
        | {"policy": {"travel": "exponential_phase", "queue": "fifo"}},
        {
            "unit_utilisation": found["utilisation"],
            "dispatch_fraction": shares(found["trips"]),
            "p_wait": found["p_wait"],
            "mean_wait": found["wait"],
            "mean_travel": away,
            "mean_response": away + found["wait"],
        },
    )


def skills() -> Case:
    """The case of skills."""
    travel = [[9.0, 12.0], [11.0, 6.0], [5.0, 14.0]]
    rates = [[0.007, 0.006], [0.012, 0.01]]
    means, order = [42.0, 60.0, 60.0], [[[2, 1], [1, 2]], [[0, 2, 1], [0, 1, 2]]]
    model, _ = spread(travel, [0.0, 0.0])
    for unit, kind in zip(model["units"], ("CED", "ARV", "ARV"), strict=True):
        unit["type"] = kind
    del model["preference"]
    model["zones"] = [{"id": "Z1"}, {"id": "Z2"}]
    found = Dispatch(rates, order, [1 / mean for mean in means], [0, 0], True, 110).solve()
    kinds = classes(rates)
    kinds[0]["eligible_types"] = ["ARV"]
    kinds[1]["type_order"] = ["CED", "ARV"]
    return case(
        "S12-skills",
        "One CED unit and two ARVs: firearms calls need an ARV, the others take a CED unit first",
        "Markov chain (N-design)",
        model
        | {"service": {"distribution": "exponential", "mean": 60.0, "mean_by_unit": {"U1": 42.0}}}
        | {"incident_classes": kinds, "policy": {"travel": "recorded_only", "queue": "priority"}},
        {
            "unit_utilisation": found["utilisation"],
            "dispatch_fraction": shares(found["trips"].sum(axis=0)),
            "mean_wait_by_class": found["wait"].tolist(),
            "p_wait_by_class": found["refused"].tolist(),
            "mean_travel_by_class": [mean_travel(one, travel) for one in found["trips"]],
        },
    )


def reserve(queue: bool) -> Case:
    """The case of reserve."""
    units, service = 4, 33.0
    rates = [[0.03], [0.05]] if queue else [[0.04], [0.07]]
    order = [[list(range(units))]] * 2
    found = Dispatch(rates, order, [1 / service] * units, [0, 1], queue, 110).solve()
    expected: dict[str, Any] = {"unit_utilisation": found["utilisation"]}
    if queue:
        expected |= {
            "p_wait_by_class": found["refused"].tolist(),
            "mean_wait_by_class": found["wait"].tolist(),
        }
    else:
        expected |= {"p_loss_by_class": found["refused"].tolist(), "p_loss": found["refused_all"]}
    name = "S13-reserve-queue" if queue else "S14-reserve-loss"
    kinds = classes(rates)
    if not queue:
        kinds[1]["reserve"] = 1
    return case(
        name,
        "Four units; the lower class leaves one free for the higher",
        "Markov chain; Schaack and Larson (1986)",
        {"zones": [{"id": "Z1"}], **one_base(units, 4.0)}
        | {"service": exponential(service), "incident_classes": kinds}
        | {"policy": {"travel": "recorded_only", "queue": "priority" if queue else "loss"}
           | ({"reserve": {"C2": 1}} if queue else {})},
        expected,
    )  # fmt: skip
