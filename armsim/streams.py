"""Named random streams: the same name, seed and replication always give the same draws.

A stream is named by what it describes (an incident type's attribute, a team's sickness, a unit's patrol
points), never by who asks or when. Adding a stream, a unit, an option or a worker therefore moves no
other draw, and options can be compared in pairs (common random numbers).
"""

from __future__ import annotations

import hashlib

import numpy as np

_WORD = 2**32


def _words(name: str) -> tuple[int, int, int, int]:
    """128 bits of the name: two names of one study never collide in practice, as 32 bits could."""
    digest = hashlib.blake2b(name.encode("utf-8"), digest_size=16).digest()
    return tuple(int.from_bytes(digest[i : i + 4], "little") for i in range(0, 16, 4))  # type: ignore[return-value]


def stable_code(*name: str | int) -> int:
    """A number from 0 up to 2**40 for a stream's name: the same in every run, process and release."""
    first, second, _, _ = _words("\x1f".join(str(part) for part in name))
    return first | (second & 0xFF) << 32


class Streams:
    """The random streams of one replication.

    Args:
        seed: the study's seed, 0 or more.
        replication: index of the replication, 0 or more.
    """

    __slots__ = ("replication", "seed")

    def __init__(self, seed: int, replication: int) -> None:
        if seed < 0 or replication < 0:
            raise ValueError(f"seed and replication must be 0 or more, got {seed} and {replication}")
        self.seed = seed
        self.replication = replication

    def generator(self, *name: str | int) -> np.random.Generator:
        """A fresh generator at the start of the stream called *name*.

        Args:
            name: the parts of the name, outermost first, such as ``"demand", "g1_other", "point"``.

        Returns:
            A PCG64 generator. Two calls with one name give two generators with the same draws, so that a
            caller draws a stream's values in one place, in an order that does not depend on options.
        """
        words = _words("\x1f".join(str(part) for part in name))
        sequence = np.random.SeedSequence(entropy=self.seed, spawn_key=(self.replication, *words))
        return np.random.Generator(np.random.PCG64(sequence))
