"""Cases of other arrivals: over the day, bringing about others, from empty."""

from __future__ import annotations

import math

import numpy as np
from scipy.integrate import solve_ivp

from verification.common import Case, case, exponential, one_base


def day_steps() -> Case:
    """The case of day steps."""
    units, service = 3, 50.0
    steps = [[0, 480, 0.02], [480, 1080, 0.06], [1080, 1440, 0.1]]

    def rate(t: float) -> float:
        return next(value for start, end, value in steps if start <= t % 1440 < end)

    def slope(t: float, p: np.ndarray) -> np.ndarray:
        arriving = rate(t) * p[:units]
        leaving = np.arange(1, units + 1) / service * p[1 : units + 1]
        change = np.zeros(len(p))
        change[:units] -= arriving - leaving
        change[1 : units + 1] += arriving - leaving
        change[units + 1] = rate(t) * p[units]
        change[units + 2] = p[units]
        change[units + 3] = np.arange(units + 1) @ p[: units + 1]
        return change

    state = np.zeros(units + 4)
    state[0] = 1.0
    lost: list[float] = []
    for day in range(3):
        state[units + 1 :] = 0.0
        lost = []
        for start, end, _ in steps:
            before = state[units + 1]
            part = solve_ivp(
                slope,
                (1440 * day + start, 1440 * day + end - 1e-9),
                state,
                method="DOP853",
                rtol=1e-11,
                atol=1e-13,
            )
            state = part.y[:, -1]
            lost.append(state[units + 1] - before)
    calls = [(end - start) * value for start, end, value in steps]
    return case(
        "S20-day-steps",
        "Three units, nobody waits, rates that change twice a day",
        "Kolmogorov's equations in the periodic regime",
        {"zones": [{"id": "Z1"}], **one_base(units, 4.0), "service": exponential(service)}
        | {"arrivals": {"rate_by_time": steps}, "blocks": [step[:2] for step in steps]}
        | {"policy": {"travel": "recorded_only", "queue": "loss"}},
        {
            "p_loss": sum(lost) / sum(calls),
            "p_loss_by_block": [one / count for one, count in zip(lost, calls, strict=True)],
            "time_average_all_busy": float(state[units + 2]) / 1440,
            "mean_busy_units": float(state[units + 3]) / 1440,
        },
    )


def hawkes() -> Case:
    """The case of hawkes."""
    background, ratio, beta, window = 0.03, 0.35, 0.08, 60.0
    rate, fade = background / (1 - ratio), beta * (1 - ratio)
    excess = 1 / (1 - ratio) ** 2
    variance = rate * (window * excess + (1 - excess) * (1 - math.exp(-fade * window)) / fade)
    return case(
        "S21-hawkes",
        "Calls that bring about calls, counted by the hour",
        "Hawkes (1971): mean and variance of counts",
        {"zones": [{"id": "Z1"}], **one_base(2, 4.0), "service": exponential(10.0)}
        | {"arrivals": {"process": "Hawkes", "background_rate": background, "branching_ratio": ratio}
           | {"beta": beta, "window": window}}
        | {"policy": {"travel": "recorded_only", "queue": "loss"}},
        {
            "mean_rate": rate,
            "mean_count": rate * window,
            "variance_of_count": variance,
            "dispersion_of_count": variance / (rate * window),
        },
    )  # fmt: skip


def first_calls() -> Case:
    """The case of first calls."""
    rate, service, calls = 0.8, 1.0, 12
    waits = [delays(units, rate, service * units, calls) for units in (1, 2)]
    both = dict(zip(("one_fast", "two_slow"), waits, strict=True))
    return case(
        "S22-first-calls",
        "The first 12 calls from empty: one fast unit against two slow ones",
        "Chain of the number that each call finds",
        {"zones": [{"id": "Z1", "rate": rate}], "n_calls": calls}
        | {"alternatives": {
            "one_fast": {"units": 1, "service": exponential(service)},
            "two_slow": {"units": 2, "service": exponential(2 * service)},
        }}
        | {"policy": {"travel": "recorded_only", "queue": "fifo"}},
        {
            f"mean_delay_first_{calls}": {name: sum(row) / calls for name, row in both.items()},
            "delay_of_call": {str(n): {name: row[n - 1] for name, row in both.items()} for n in (3, calls)},
        },
    )  # fmt: skip


def delays(units: int, rate: float, service: float, calls: int) -> list[float]:
    """Mean delay of each of the first calls of M/M/c from empty."""
    found = [0.0]
    finds = np.array([1.0])  # chance of each number that the present call finds
    for _ in range(calls - 1):
        after = np.zeros(len(finds) + 1)
        for number, p in enumerate(finds, start=1):  # with the call itself
            left, here = p, number
            while here:
                away = min(here, units) / service
                after[here] += left * rate / (rate + away)
                left *= away / (rate + away)
                here -= 1
            after[0] += left
        finds = after
        found.append(sum(p * max(0, n - units + 1) * service / units for n, p in enumerate(finds)))
    return found
