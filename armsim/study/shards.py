"""A run in shards: array jobs that share a folder, each with chunks of its own, none waiting for another.

Chunks go round the shards by index, those of all options together, so that what has ended can be compared in
pairs. Shards share the lock of the folder, which keeps whole runs out, and each holds a lock of its own.
Whoever can have the folder alone at the end looks whether everything is there: a shard writes its last part
before it lets go, so the last to let go sees all.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from armsim.errors import RunFolderError
from armsim.study import files
from armsim.study.plan import CHUNK

#: Seconds to wait for a folder that is held alone, which a shard at its end does for a moment.
_PATIENCE = 60.0


@dataclass(frozen=True)
class Shard:
    """One of several jobs that run a study together.

    Attributes:
        number: which, from 1.
        count: how many.

    Raises:
        ValueError: there is no such shard.
    """

    number: int
    count: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= self.count:
            raise ValueError(f"shards are numbered from 1 to {self.count}, got {self.number}")

    @classmethod
    def parse(cls, text: str) -> Shard:
        """The shard that is written ``2/8``.

        Raises:
            ValueError: it is written otherwise, or there is no such shard.
        """
        if re.fullmatch(r"[0-9]{1,6}/[0-9]{1,6}", text) is None:
            raise ValueError(
                f"write the number of the shard, / and how many there are, as in 2/8, got {text!r}"
            )
        number, count = map(int, text.split("/"))
        return cls(number, count)

    def takes(self, replication: int) -> bool:
        """Whether a replication, by its chunk, is this shard's."""
        return replication // CHUNK % self.count == self.number - 1

    @property
    def log(self) -> str:
        """Name of the log of the chunks: one a shard, as no two machines may append to one file."""
        return f"log-{self.number}-of-{self.count}.jsonl"

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"


@contextmanager
def held(folder: Path, shard: Shard) -> Iterator[files.Lock]:
    """Hold a shard of a run folder; yields the lock of the folder, shared with the other shards.

    Raises:
        RunFolderError: a whole run holds the folder, the shard is being run, or the folder cannot be made.
    """
    with closing(files.Lock(folder / files.LOCK)) as lock:
        deadline = time.monotonic() + _PATIENCE
        while not lock.take(shared=True):
            if time.monotonic() > deadline:
                raise RunFolderError(f"{folder}: a run without --shard is writing here; wait for it to end")
            time.sleep(0.1)
        with closing(files.Lock(folder / f"{files.LOCK}-{shard.number}-of-{shard.count}")) as own:
            if not own.take():
                raise RunFolderError(f"{folder}: shard {shard} is being run already")
            yield lock
