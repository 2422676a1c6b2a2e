"""Cases of units at one base, by closed forms."""

from __future__ import annotations

import math

import numpy as np

from verification.chains import Dispatch
from verification.common import (
    Case,
    case,
    classes,
    erlang_b,
    erlang_c,
    exponential,
    one_base,
    spread,
)


def erlang_c_pool() -> Case:
    """The case of erlang c pool."""
    units, rate, service, travel = 2, 0.03, 45.0, 7.0
    wait, drain = erlang_c(units, rate * service), units / service - rate
    utilisation = hunted_queue(units, rate, service)
    return case(
        "S01-erlang-c",
        "Two units of one base, first come first served",
        "Erlang C; utilisation of hunted units by the chain of busy sets",
        {"zones": [{"id": "Z1", "rate": rate}], **one_base(units, travel)}
        | {"service": exponential(service), "policy": {"travel": "recorded_only", "queue": "fifo"}},
        {
            "unit_utilisation": utilisation,
            "p_wait": wait,
            "mean_wait": wait / drain,
            "p_wait_le": {str(t): 1 - wait * math.exp(-drain * t) for t in (10, 40)},
            "wait_quantile": {"0.9": math.log(wait / 0.1) / drain},
            "p_response_le": {"30": 1 - wait * math.exp(-drain * (30 - travel))},
        },
    )


def hunted_queue(units: int, rate: float, service: float) -> list[float]:
    """Utilisation of units hunted in order, with a queue."""
    found = Dispatch([[rate]], [[range(units)]], [1 / service] * units, [0], True, 150).solve()
    return found["utilisation"]


def erlang_b_lognormal() -> Case:
    """The case of erlang b lognormal."""
    units, rate, service = 4, 0.1, 30.0
    loss = erlang_b(units, rate * service)
    return case(
        "S02-erlang-b-lognormal",
        "Four units, nobody waits, lognormal service: loss does not hang on the law",
        "Erlang B; Sevastyanov (1957)",
        {"zones": [{"id": "Z1", "rate": rate}], **one_base(units, 3.0)}
        | {"service": {"distribution": "lognormal", "mean": service, "cv": 1.2}}
        | {"policy": {"travel": "recorded_only", "queue": "loss"}},
        {
            "p_loss": loss,
            "mean_unit_utilisation": rate * service * (1 - loss) / units,
            "time_average_all_busy": loss,
            "mean_busy_units": rate * service * (1 - loss),
        },
    )


def erlang_a() -> Case:
    """The case of erlang a."""
    units, rate, service, patience = 3, 0.08, 42.0, 25.0
    weights = [1.0]
    for n in range(1, 200):
        weights.append(weights[-1] * rate / (min(n, units) / service + max(0, n - units) / patience))
    chain = np.array(weights) / sum(weights)
    counts = np.arange(len(chain))
    queue = float((np.maximum(counts - units, 0) * chain).sum())
    return case(
        "S03-erlang-a",
        "Three units; a waiting call leaves after an exponential patience",
        "Erlang A (Palm 1957), birth and death",
        {"zones": [{"id": "Z1", "rate": rate}], **one_base(units, 2.0)}
        | {"service": exponential(service)}
        | {"policy": {"travel": "recorded_only", "queue": "fifo", "patience_mean": patience}},
        {
            "p_wait": float(chain[units:].sum()),
            "p_abandon": queue / patience / rate,
            "mean_wait_all_calls": queue / rate,
            "mean_unit_utilisation": float((np.minimum(counts, units) * chain).sum()) / units,
        },
    )


def deterministic_round_trip() -> Case:
    """The case of deterministic round trip."""
    rates, travel, service = [0.004, 0.006], [8.0, 15.0], {"Z1": 20.0, "Z2": 28.0}
    busy = [2 * away + service[f"Z{z}"] for z, away in enumerate(travel, start=1)]
    used = sum(rate * time for rate, time in zip(rates, busy, strict=True))
    second = sum(rate * time**2 for rate, time in zip(rates, busy, strict=True))
    model, _ = spread([travel], rates)
    mean = sum(rate * away for rate, away in zip(rates, travel, strict=True)) / sum(rates)
    wait = second / (2 * (1 - used))
    return case(
        "S04-deterministic-round-trip",
        "One unit, out and back, the same work at every call of a zone",
        "Pollaczek and Khinchine",
        model
        | {"service": {"distribution": "deterministic", "mean_by_zone": service}}
        | {"policy": {"travel": "round_trip", "queue": "fifo"}},
        {
            "unit_utilisation": [used],
            "p_wait": used,
            "mean_wait": wait,
            "mean_travel": mean,
            "mean_response": wait + mean,
        },
    )


def classes_of_one_server() -> Case:
    """The case of classes of one server."""
    rates, means, cv = [0.008, 0.01], [30.0, 40.0], 0.6
    work = sum(r * m**2 * (1 + cv**2) for r, m in zip(rates, means, strict=True)) / 2
    first = rates[0] * means[0]
    used = first + rates[1] * means[1]
    return case(
        "S05-cobham-mg1",
        "One unit, two classes with services of their own, nobody interrupted",
        "Cobham (1954) for M/G/1",
        {"zones": [{"id": "Z1"}], **one_base(1, 4.0)}
        | {
            "service": {
                "distribution": "lognormal",
                "mean_by_class": {"C1": means[0], "C2": means[1]},
                "cv": cv,
            }
        }
        | {"incident_classes": classes([[rates[0]], [rates[1]]])}
        | {"policy": {"travel": "recorded_only", "queue": "priority"}},
        {
            "mean_wait_by_class": [work / (1 - first), work / ((1 - first) * (1 - used))],
            "p_wait_by_class": [used, used],
            "unit_utilisation": [used],
        },
    )


def six_classes() -> Case:
    """The case of six classes."""
    units, service, rates = 3, 36.0, [0.006, 0.008, 0.01, 0.012, 0.014, 0.014]
    wait = erlang_c(units, sum(rates) * service)
    served = np.cumsum([0.0, *rates]) * service / units
    means = [wait * service / units / ((1 - served[n]) * (1 - served[n + 1])) for n in range(len(rates))]
    return case(
        "S06-six-classes",
        "Three units and six classes, nobody interrupted",
        "Cobham (1954)",
        {"zones": [{"id": "Z1"}], **one_base(units, 4.0)}
        | {"service": exponential(service), "incident_classes": classes([[rate] for rate in rates])}
        | {"policy": {"travel": "recorded_only", "queue": "priority"}},
        {"mean_wait_by_class": means, "p_wait": wait},
    )


def interrupted() -> Case:
    """The case of interrupted."""
    units, service, rates = 2, 30.0, [0.015, 0.01, 0.02]
    total = np.cumsum(rates)
    in_system = [
        a + erlang_c(units, a) * a / units / (1 - a / units) for a in (float(one) * service for one in total)
    ]
    each = np.diff([0.0, *in_system]) / rates
    return case(
        "S07-preemptive",
        "Two units, three classes, the higher takes a unit off the lower",
        "Preemptive resume, M/M/c with common service rate: classes 1 to k together are M/M/c",
        {"zones": [{"id": "Z1"}], **one_base(units)}
        | {"service": exponential(service), "incident_classes": classes([[rate] for rate in rates])}
        | {"policy": {"travel": "recorded_only", "queue": "priority", "preemptive": True}},
        {
            "mean_sojourn_by_class": each.tolist(),
            # the rarer ones of the higher classes would take four times as many calls
            "p_not_started_at_once_by_class": {"C3": erlang_c(units, float(total[-1]) * service)},
            "mean_unit_utilisation": float(total[-1]) * service / units,
        },
    )
