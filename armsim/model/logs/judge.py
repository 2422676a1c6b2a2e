"""What can only be judged once all rows are read: order of times, places, numbers that come twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from armsim.config.paths import show
from armsim.config.schema.logs import LogConfig
from armsim.errors import Problem, ScenarioError
from armsim.model.logs.clocks import impossible, moments
from armsim.model.logs.columns import Columns, Rejects, filled
from armsim.model.logs.stamps import wall_clock

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

#: Coordinates that a pair may have: metres of the National Grid, degrees; kilometres are any.
_BOUNDS = {
    "easting": (0.0, 700_000.0),
    "northing": (0.0, 1_300_000.0),
    "lon": (-180.0, 180.0),
    "lat": (-90.0, 90.0),
}
#: A place is out of the region when it lies farther from the middle (the median of both coordinates) than
#: this many times the distance within which nine in ten lie, and some kilometres: so far that the edges of a
#: county stay in, and swapped or shortened coordinates do not.
_FAR_TIMES, _FAR_KM, _WITHIN = 6.0, 25.0, 0.9
_REASONS = 10


class RefusedLogError(ScenarioError):
    """A log has too many bad rows to be used; ``rejected`` has them all, as ``Log.rejected``."""

    def __init__(self, problems: Sequence[Problem], rejected: pd.DataFrame) -> None:
        super().__init__(problems)
        self.rejected = rejected


class Judge:
    """Sets rows aside, one check after the other; a row is judged by the first that it fails."""

    def __init__(self, columns: Columns, gathered: dict[str, Any], files: Sequence[str]) -> None:
        self.config: LogConfig = columns.config
        self.headers, self.rejects, self.read = columns.headers, columns.rejects, columns.read
        self.columns, self.files = gathered, np.array(files, dtype=object)
        self.good = np.ones(len(gathered["row"]), dtype=np.bool_)
        self.usable = self.good.copy()

    def judged(self) -> tuple[Bools, Bools]:
        """Which rows are good, and in which the unit's times are: an incident outlives one unit's bad row.

        Raises:
            RefusedLogError: more than the stated share is bad, or none is good.
        """
        self._offsets()
        self._span()
        self._order()
        self._places()
        self._twice()
        self._one_receipt()
        refuse(self.config, self.rejects, self.read)
        return self.good, self._unjudged

    @property
    def _unjudged(self) -> Bools:
        """Rows that have failed nothing yet."""
        return self.good & self.usable

    def _reject(self, wrong: Bools, header: str, values: Sequence[str] | str, reason: str) -> None:
        """Set rows aside; *values* are those of the *wrong* rows that have failed nothing yet."""
        self._record(wrong & self._unjudged, header, values, reason)
        self.good[wrong] = False

    def _record(self, wrong: Bools, header: str, values: Sequence[str] | str, reason: str) -> None:
        rows = np.flatnonzero(wrong)
        file = self.files[self.columns["file"][rows]]
        self.rejects.add(file.tolist(), self.columns["row"][rows], header, values, reason)

    def _local(self, minutes: Floats, wrong: Bools) -> list[str]:
        return wall_clock(minutes[wrong & self._unjudged], self.config.time_zone).astype(str).tolist()

    def _offsets(self) -> None:
        """Within a column either all times carry an offset or none does: the fewer are set aside."""
        for name in [name for name in self.columns if name.endswith(".aware")]:
            aware, minutes = self.columns.pop(name), self.columns[name.removesuffix(".aware")]
            filled = ~np.isnan(minutes)
            share = float(aware[filled].mean()) if filled.any() else 0.0
            if not 0 < share < 1:
                continue
            wrong = filled & (~aware if share >= 0.5 else aware)
            which = ("an offset", "none") if share < 0.5 else ("no offset", "one")
            header = self.headers[name.removesuffix(".aware")][0]
            self._reject(
                wrong,
                header,
                self._local(minutes, wrong),
                f"time zones mixed: {which[0]} from UTC where the others have {which[1]}",
            )

    def _span(self) -> None:
        if self.config.span is None:
            return
        local = wall_clock(self.columns["received"], self.config.time_zone)
        since, until = map(pd.Timestamp, self.config.span.days)
        wrong = ~((local >= since) & (local < until)).to_numpy()
        values = local[wrong & self._unjudged].astype(str).tolist()
        self._reject(wrong, self.headers["received"][0], values, f"received outside {self._days()}")

    def _days(self) -> str:
        assert self.config.span is not None
        since, until = self.config.span.days
        return f"{since} to before {until}"

    def _order(self) -> None:
        """Times in an impossible order: the row is set aside, or that unit's part in its incident."""
        for index, unit in enumerate(self.config.units):
            found = moments(unit, index, self.columns)
            for fault in impossible(found, self.config.limits.interval):
                header = self.headers[f"{index}.{fault.event}"][0]
                wrong = fault.rows & self._unjudged
                values = [
                    f"{abs(minutes):.2f} min {'before' if minutes < 0 else 'after'}"
                    for minutes in fault.minutes[wrong].tolist()
                ]
                self._record(wrong, header, values, fault.reason)
                (self.usable if self.config.rows == "unit" else self.good)[wrong] = False

    def _places(self) -> None:
        pair = self.config.incident.pair
        if pair is None:
            return
        x, y = (self.columns[name] for name in pair)
        headers = [self.headers[name][0] for name in pair]
        half = np.isnan(x) != np.isnan(y)
        self._reject(half, headers[0], "", "one coordinate without the other")
        for name, values, header in zip(pair, (x, y), headers, strict=True):
            low, high = _BOUNDS.get(name, (-np.inf, np.inf))
            wrong = ~np.isnan(values) & ((values < low) | (values > high))
            shown = [f"{value:g}" for value in values[wrong & self._unjudged].tolist()]
            self._reject(wrong, header, shown, f"{name} outside {low:g} to {high:g}")
        wrong = self._outside(pair, x, y)
        told = wrong & self._unjudged
        shown = [f"{east:.10g}, {north:.10g}" for east, north in zip(x[told], y[told], strict=True)]
        self._reject(wrong, headers[0], shown, "the place lies outside the region")

    def _outside(self, pair: tuple[str, str], x: Floats, y: Floats) -> Bools:
        if self.config.extent is not None:
            west, south, east, north = self.config.extent
            return ~np.isnan(x) & ~((x >= west) & (x <= east) & (y >= south) & (y <= north))
        known = self.good & ~np.isnan(x)
        if not known.any():
            return np.zeros(len(x), dtype=np.bool_)
        middle = np.median(x[known]), np.median(y[known])
        km = {"easting": 0.001, "x_km": 1.0, "lon": 111.2}[pair[0]]
        narrow = np.cos(np.radians(middle[1])) if pair[0] == "lon" else 1.0
        away = km * np.hypot((x - middle[0]) * narrow, y - middle[1])
        limit = _FAR_TIMES * float(np.quantile(away[known], _WITHIN, method="lower")) + _FAR_KM
        return np.asarray(away > limit)

    def _twice(self) -> None:
        """Rows that come twice: word for word, or the same number with something else in it."""
        ids = self.columns["id"]
        keys = [_codes(ids)]
        if self.config.rows == "unit":
            if "0.unit" not in self.columns:  # two may well be sent in one second: who can tell them apart?
                return
            names = ("0.unit", "0.dispatched")
            keys += [_codes(self.columns[name]) for name in names if name in self.columns]
        number = _joint(keys)
        # The first good row of each number stands; what follows it is set aside.
        order = np.flatnonzero(self.good & self._named())
        _, first, inverse = np.unique(number[order], return_index=True, return_inverse=True)
        if len(first) == len(order):
            return
        stands = order[first[inverse]]
        again, stands = order[order != stands], stands[order != stands]
        same = np.ones(len(again), dtype=np.bool_)
        for name, values in self.columns.items():
            if name not in {"row", "file"}:
                same &= _alike(values, again, stands)
        what = "the same incident" if self.config.rows == "incident" else "the same unit at the same time"
        for which, text in (
            (same, "this row comes twice, word for word"),
            (~same, f"{what} again, otherwise"),
        ):
            wrong = np.zeros(len(number), dtype=np.bool_)
            wrong[again[which]] = True
            rows = np.flatnonzero(wrong & self._unjudged)
            values = [
                f"{one} (row {row})"
                for one, row in zip(
                    ids.take(pa.array(rows)).to_pylist(),
                    self.columns["row"][stands[np.searchsorted(again, rows)]].tolist(),
                    strict=True,
                )
            ]
            self._reject(wrong, self.headers["id"][0], values, text)

    def _named(self) -> Bools:
        """Rows that say which unit they tell of, or tell of an incident as a whole."""
        if self.config.rows == "incident":
            return np.ones(len(self.good), dtype=np.bool_)
        return filled(self.columns["0.unit"])

    def _one_receipt(self) -> None:
        """An incident is received once: rows that say otherwise than its first good row are set aside."""
        if self.config.rows == "incident":
            return
        codes, received = _codes(self.columns["id"]), self.columns["received"]
        order = np.flatnonzero(self.good)
        _, first, inverse = np.unique(codes[order], return_index=True, return_inverse=True)
        wrong = np.zeros(len(codes), dtype=np.bool_)
        wrong[order] = received[order] != received[order[first[inverse]]]
        values = self._local(received, wrong)
        reason = "received at another time than its incident's first row says"
        self._reject(wrong, self.headers["received"][0], values, reason)


def refuse(config: LogConfig, rejects: Rejects, read: int) -> None:
    """Refuse a log of which too many rows are bad.

    Raises:
        RefusedLogError: with the commonest reasons, each where it is met first.
    """
    if not rejects.count or (rejects.count <= config.limits.bad_rows * read and rejects.count < read):
        return
    frame = rejects.frame()
    reasons = frame.groupby(["column", "reason"], sort=False)
    tally = reasons.head(1).assign(count=reasons["row"].transform("size"))
    tally = tally.sort_values("count", ascending=False, kind="stable").head(_REASONS)
    problems = [
        Problem(
            f"{count:,} {'row' if count == 1 else 'rows'}: {reason}; the first has {show(value)}",
            str(column),
            str(file),
            int(row),
        )
        for count, reason, value, column, file, row in zip(
            *(tally[name].tolist() for name in ("count", "reason", "value", "column", "file", "row")),
            strict=True,
        )
    ]
    share, limit = rejects.count / read, config.limits.bad_rows
    text = (
        f"{rejects.count:,} of {read:,} rows are bad ({share:.1%}); limits: bad_rows allows {limit:.1%}; "
        "the commonest reasons follow"
    )
    raise RefusedLogError([Problem(text, file=str(frame["file"].iloc[0])), *problems], frame)


def _codes(values: Any) -> NDArray[np.int64]:
    """A number for each value, the same where values are (and for what is not recorded)."""
    if isinstance(values, pa.DictionaryArray):
        return np.asarray(values.indices).astype(np.int64)
    return np.asarray(pd.factorize(values, use_na_sentinel=False)[0], dtype=np.int64)


def _alike(values: Any, some: NDArray[np.int64], others: NDArray[np.int64]) -> Bools:
    """Whether the values in *some* rows are those in *others*; what is not recorded is alike."""
    if isinstance(values, pa.DictionaryArray):
        values = np.asarray(values.indices)
        return np.asarray(values[some] == values[others])
    one, other = values[some], values[others]
    return np.asarray((one == other) | (np.isnan(one) & np.isnan(other)))


def _joint(keys: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """A number for each combination."""
    number = keys[0]
    for key in keys[1:]:
        number = np.unique(number * (int(key.max(initial=0)) + 1) + key, return_inverse=True)[1]
    return number
