"""How many units are committed at once, by hour of the day, in a log and in its simulation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from armsim.analysis.agreement.findings import Finding, Judge
from armsim.analysis.agreement.population import IntArray, Responses
from armsim.analysis.agreement.resamples import FloatArray
from armsim.domain import MINUTES_PER_DAY, MINUTES_PER_HOUR

_HOURS = 24
#: Share of the log's responses that must say how long they took for units to be counted.
_LEAST_KNOWN = 0.9


@dataclass(frozen=True, eq=False)
class Concurrency:
    """Committed units.

    Attributes:
        findings: the mean over the window, and by hour of the day; none where the log cannot tell.
        log: mean units by hour of the day, shape (24,); ``None`` where the log cannot tell.
        simulated: the same.
        known: share of the log's responses whose commitment is known.
    """

    findings: tuple[Finding, ...]
    log: FloatArray | None
    simulated: FloatArray
    known: float


def concurrency(judge: Judge, log: Responses, simulated: Responses) -> Concurrency:
    """Compare how many units are committed at once.

    A response whose length the log does not tell counts as long as the mean of those that it tells, where
    it tells nine in ten; else nothing is compared.
    """
    ours = _by_hour(simulated)
    mean = np.asarray(judge.resamples.of_simulation @ ours)
    known = float(log.table["busy"].notna().mean()) if len(log.table) else 0.0
    if known < _LEAST_KNOWN:
        return Concurrency((), None, mean[0], known)
    theirs = _by_hour(log)
    logged = np.asarray(judge.resamples.of_log @ theirs)
    count = int(log.table["busy"].notna().sum())
    label = "Units committed at once, mean"
    found = [judge.finding("units_busy", label, "units", logged.mean(axis=1), mean.mean(axis=1), count)]
    for hour in range(_HOURS):
        found.append(
            judge.finding(
                "units_busy", label, "units", logged[:, hour], mean[:, hour], count, "hour", f"{hour:02d}"
            )
        )
    return Concurrency(tuple(found), logged[0], mean[0], known)


def _by_hour(one: Responses) -> FloatArray:
    """What each block adds to the mean units of each hour of the day, shape (blocks, 24)."""
    table = one.table
    length = table["busy"].fillna(table["busy"].mean()).to_numpy(dtype=np.float64)
    return spread(
        table["sent"].to_numpy(dtype=np.float64), length, table["replication"].to_numpy(dtype=np.int64),
        one.incidents.days, one.replications,
    )  # fmt: skip


def spread(start: FloatArray, length: FloatArray, owner: IntArray, days: int, owners: int) -> FloatArray:
    """Time committed in each hour of each day, as mean units over that hour.

    Args:
        start: minutes since the window opened.
        length: minutes.
        owner: whose each is, from 0.
        days: days of the window; what lies outside is left out.
        owners: how many.

    Returns:
        Shape (owners x days, 24), already divided by the number of days, so that the sum over days is a mean.
    """
    hours = np.zeros((owners, days * _HOURS + 1))
    begin = np.clip(start, 0.0, days * MINUTES_PER_DAY) / MINUTES_PER_HOUR
    end = np.clip(start + length, 0.0, days * MINUTES_PER_DAY) / MINUTES_PER_HOUR
    rows = pd.DataFrame({"owner": owner, "begin": begin, "end": end})
    rows = rows[rows["end"] > rows["begin"]]
    while len(rows):
        hour = np.floor(rows["begin"].to_numpy()).astype(np.int64)
        stop = np.minimum(rows["end"].to_numpy(), hour + 1.0)
        np.add.at(hours, (rows["owner"].to_numpy(), hour), stop - rows["begin"].to_numpy())
        rows = rows.assign(begin=stop)
        rows = rows[rows["end"] > rows["begin"]]
    return hours[:, :-1].reshape(owners * days, _HOURS) / days
