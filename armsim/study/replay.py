"""One replication of a run folder, simulated again from what the folder says, with its whole log.

It is the same replication when its digest is the one that the run stored. A folder of a version that stored
none can be replayed and not checked; another version of armsim may give another replication, and says so.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from armsim.analysis.measure import Log
from armsim.analysis.recovery import without_attack
from armsim.config.checks import data_files
from armsim.config.loader import read_scenario
from armsim.config.schema import Scenario
from armsim.domain import Record
from armsim.errors import DataError, ReplicationError, RunFolderError
from armsim.model.world import World, build_world
from armsim.registry import suggestion
from armsim.study import files, store
from armsim.study.chunk import replicate
from armsim.study.plan import armsim_version


@dataclass(frozen=True, eq=False)
class Replayed:
    """A replication, simulated again.

    Attributes:
        option: name of its option.
        replication: its index.
        seed: seed of its random streams.
        world: the world it ran in.
        log: all that happened.
        digest: digest of what was measured of it.
        stored: the digest that the run stored; empty when it stored none, or never ran this replication.
        remark: what the comparison of the two means, for people.
    """

    option: str
    replication: int
    seed: int
    world: World
    log: Log
    digest: str
    stored: str
    remark: str

    @property
    def same(self) -> bool | None:
        """Whether it is what the run measured; ``None`` when that cannot be told."""
        return self.digest == self.stored if self.stored else None


def replay(folder: str | os.PathLike[str], option: str, replication: int, trails: bool = False) -> Replayed:
    """Simulate a replication of a run folder again.

    Args:
        folder: the run folder.
        option: name of the option.
        replication: index of the replication; it need not have been run.
        trails: the log also says where the units were (table ``trails``).

    Raises:
        RunFolderError: not a run folder, no such option, or its settings are missing.
        ScenarioError: the settings are not ones that this version takes.
        DataError: a data file of the scenario is not there, or is not what it was.
        ReplicationError: the replication fails; its cause is what went wrong.
        ValueError: a negative index.
    """
    if replication < 0:
        raise ValueError(f"replications count from 0, got {replication}")
    path = Path(folder)
    manifest = store.read_manifest(path)
    if option not in manifest["options"]:
        raise RunFolderError(f"{path}: no option {option!r}{suggestion(option, manifest['options'])}")
    settings = path / "options" / f"{files.file_name(option)}.yaml"
    if not settings.is_file():
        raise RunFolderError(f"{settings}: missing; run the study again")
    scenario = read_scenario(settings)[1]
    world = build_world(scenario, _data_folder(path, scenario, manifest, option))
    seed = int(manifest.get("seeds", {}).get(option, manifest["seed"]))
    try:
        measures, log = replicate(world, without_attack(world), seed, replication, Record.FULL, trails)
    except Exception as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise ReplicationError(option, replication, seed, reason) from error
    found, stored = store.digest_of(measures), _stored(path, option)
    remark = _remark(found, stored, replication, str(manifest["versions"]["armsim"]))
    return Replayed(option, replication, seed, world, log, found, (stored or {}).get(replication, ""), remark)


def _stored(folder: Path, option: str) -> dict[int, str] | None:
    """Stored digests by replication; ``None`` when no part has any."""
    parts, _ = store.verified_parts(folder, option)
    if parts and not any(part.digests for part in parts):
        return None
    return {index: digest for part in parts for index, digest in part.digests.items()}


def _remark(found: str, stored: dict[int, str] | None, replication: int, version: str) -> str:
    if stored is None:
        return "The run stored no digests: an earlier version made it, so that nothing can be checked."
    if replication not in stored:
        return "The run has no result of this replication: it was not run, or failed."
    if found == stored[replication]:
        return "The same replication as the run measured: the digests agree."
    if version != armsim_version():
        return (
            f"Not the replication that the run measured: that was armsim {version}, "
            f"this is {armsim_version()}."
        )
    return "Not the replication that the run measured: the digests differ, so the program has changed since."


def _data_folder(folder: Path, scenario: Scenario, manifest: dict[str, Any], option: str) -> Path:
    """A folder with the data files of a scenario as they were.

    Raises:
        DataError: there is none.
    """
    looked = list(_folders(folder, manifest, option))
    names: list[str] = []
    for place in looked:
        here = sorted({name for _, name in data_files(scenario, place)})
        names = max(names, here, key=len)  # where a log's mapping is, the files that it leads to are known
        if all(_as_it_was(place / name, manifest["inputs"].get(name)) for name in here):
            return place
    missing = "; ".join(f"{name} (sha256 {str(manifest['inputs'].get(name))[:12]})" for name in names)
    raise DataError(
        f"data files as they were when the study was run: {missing}; not found in "
        f"{', '.join(map(str, looked))}; put them below {folder}"
    )


def _folders(folder: Path, manifest: dict[str, Any], option: str) -> Iterator[Path]:
    yield folder
    if option in manifest.get("folders", {}):
        yield Path(manifest["folders"][option])
    yield Path()


def _as_it_was(path: Path, digest: str | None) -> bool:
    return path.is_file() and files.sha256(path) == digest
