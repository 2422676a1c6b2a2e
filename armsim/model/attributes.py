"""Random attributes of incidents: durations, zones, points, requirements; each from its own stream.

Every function makes a fixed number of draws for each incident, in order of arrival, so that what one law or
weight changes is its own attribute and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from armsim.config.schema.demand import Attendance
from armsim.config.schema.laws import Counts, TimeLaw
from armsim.domain import Capability
from armsim.streams import Streams, stable_code

Floats = NDArray[np.float64]
#: Room for the incidents of one type in one force: 8 million.
_SEQUENCE_BITS = 23


class Source:
    """The streams of one kind of incident, one for each attribute.

    Args:
        streams: the streams of the replication.
        name: what all their names begin with, such as ``"demand", "g1_other"``.
    """

    __slots__ = ("_name", "_streams")

    def __init__(self, streams: Streams, *name: str) -> None:
        self._streams, self._name = streams, name

    def under(self, *name: str) -> Source:
        """The streams whose names go on with *name*."""
        return Source(self._streams, *self._name, *name)

    def keys(self, count: int) -> NDArray[np.int64]:
        """A number for each of *count* incidents that hangs on these streams' name and its place alone."""
        return (stable_code(*self._name) << _SEQUENCE_BITS) + np.arange(count, dtype=np.int64)

    def generator(self, attribute: str) -> np.random.Generator:
        """The stream of *attribute*, at its start."""
        return self._streams.generator(*self._name, attribute)

    def uniforms(self, attribute: str, *shape: int) -> Floats:
        """Uniforms in [0, 1) from the stream of *attribute*."""
        return self.generator(attribute).random(shape)

    def normals(self, attribute: str, *shape: int) -> NDArray[np.float32]:
        """Standard normals from the stream of *attribute*."""
        return self.generator(attribute).standard_normal(shape, dtype=np.float32)

    def times(self, attribute: str, law: TimeLaw, count: int) -> Floats:
        """Durations by *law*, min: of a normal (lognormal, quantiles) or a uniform (exponential) each."""
        if law.exactly is not None:
            return np.full(count, law.exactly)
        rng = self.generator(attribute)
        if law.exponential is not None:
            return np.asarray(-law.exponential * np.log1p(-rng.random(count)))
        normals = rng.standard_normal(count)
        if law.quantiles is not None:
            return of_table(law.quantiles, ndtr(normals))
        return np.asarray(np.exp(law.log_mean + law.log_sd * normals))


def of_table(table: Sequence[tuple[float, float]], shares: Floats) -> Floats:
    """Durations at *shares* of a table of quantiles: (share, duration), evenly spread between two of them."""
    known, minutes = np.array(table, dtype=np.float64).T
    return np.asarray(np.interp(shares, known, minutes))


def pick(weights: Floats, uniforms: Floats) -> NDArray[np.int32]:
    """Indices drawn by weight: inverse of the cumulative share at *uniforms*; weight 0 is never drawn."""
    cumulative = np.cumsum(weights)
    return np.searchsorted(cumulative / cumulative[-1], uniforms, side="right").astype(np.int32)


def in_disc(x: Floats, y: Floats, area: Floats, uniforms: Floats) -> tuple[Floats, Floats]:
    """Points uniform in discs.

    Args:
        x: centres in km, shape (n,).
        y: the same.
        area: of the discs in km², shape (n,).
        uniforms: shape (n, 2).
    """
    away = np.sqrt(area / np.pi * uniforms[:, 0])
    angle = 2.0 * np.pi * uniforms[:, 1]
    return x + away * np.cos(angle), y + away * np.sin(angle)


def requirements(attendance: Attendance, uniforms: Floats) -> NDArray[np.int16]:
    """What each incident needs, drawn for each capability on its own.

    Args:
        attendance: capability: number, or number: probability.
        uniforms: shape (n, 4), a column for each capability.

    Returns:
        Counts, shape (n, 4), in the order of :class:`~armsim.domain.Capability`.
    """
    needs = np.zeros(uniforms.shape, dtype=np.int16)
    for name, counts in attendance.items():
        column = Capability[name.upper()].value
        needs[:, column] = numbers(counts, uniforms[:, column])
    return needs


def numbers(counts: Counts, uniforms: Floats) -> NDArray[np.int16] | int:
    """Numbers by inversion, ascending, so that a low uniform is a low number at every level."""
    if not isinstance(counts, Mapping):
        return counts
    ascending = sorted(counts)
    shares = np.array([counts[number] for number in ascending], dtype=np.float64)
    return np.array(ascending, dtype=np.int16)[pick(shares, uniforms)]
