"""The run folder. A part is a chunk of replications, measured; it is done once its folder has its name.

``parts/option=<name>/part-<first>-<last>/`` holds ``responses``, ``totals``, ``potential`` and ``run_in`` as
Parquet and ``part.json``: replications, failures, digests of the files and of each replication's measures.
All else in a run folder is derived.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from armsim.analysis.measure import Measures
from armsim.analysis.option import RESPONSE_TYPES, OptionData
from armsim.analysis.run_in import FIGURES
from armsim.config.loader import read_scenario
from armsim.config.schema import Scenario
from armsim.config.source import beside
from armsim.domain import ThreatLevel
from armsim.errors import RunFolderError
from armsim.study import files

SCHEMA = 3
MANIFEST = "manifest.json"
#: What a reader asks a manifest for.
_NEEDED = frozenset({"run_id", "digest", "options", "seed", "versions"})
_TABLES = ("responses", "totals", "potential", "run_in")
_SURVEYS = "potential_surveys"

Tables = Mapping[str, Mapping[str, NDArray[Any]]]


@dataclass(frozen=True)
class Failure:
    """A replication that failed.

    Attributes:
        option: name of the option.
        replication: its index.
        seed: seed of the study: with the index, enough to run it again alone.
        reason: class and message of what went wrong.
    """

    option: str
    replication: int
    seed: int
    reason: str


@dataclass(frozen=True)
class Part:
    """A verified part."""

    path: Path
    replications: tuple[int, ...]
    failures: tuple[Failure, ...]
    digests: Mapping[int, str]
    """``digest_of`` each replication; empty in a part of a version that kept none."""


def options_folder(folder: Path, option: str) -> Path:
    """Where the parts of an option are."""
    return folder / "parts" / f"option={files.file_name(option)}"


def part_name(span: range) -> str:
    """Name of the part that holds the replications of *span*."""
    return f"part-{span.start:05d}-{span.stop - 1:05d}"


def first_of(path: Path) -> int:
    """Index of the first replication of the part in a folder."""
    return int(path.name.split("-")[1])


@dataclass(frozen=True)
class Packed:
    """A part as bytes: made where the replications ran, written by whoever holds the folder.

    Attributes:
        option: name of the option.
        span: indices of the replications.
        files: name and bytes of the files of the part, but for ``part.json``.
        record: what ``part.json`` will say.
        logs: by log table, bytes of its file.
    """

    option: str
    span: range
    files: Mapping[str, bytes]
    record: Mapping[str, Any]
    logs: Mapping[str, bytes]


def pack(
    option: str,
    span: range,
    measures: Sequence[Measures],
    failures: Sequence[Failure],
    logs: Sequence[tuple[int, Tables]] = (),
) -> Packed:
    """The part of *span* as bytes: the same replications give the same bytes on every machine.

    Args:
        option: name of the option.
        span: indices of the replications.
        measures: what was measured of those that ended.
        failures: those that failed.
        logs: index and log tables of those whose log is kept.
    """
    packed = {name: files.table_bytes(columns) for name, columns in _part_tables(measures).items()}
    kept = sorted({table for _, tables in logs for table in tables})
    record = {
        "replications": [one.replication for one in measures],
        "failures": [asdict(one) for one in failures],
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in packed.items()},
        "measures": {str(one.replication): digest_of(one) for one in measures},
        "logs": kept,
    }
    tables = {
        table: files.table_bytes(_joined([(index, tables[table]) for index, tables in logs]))
        for table in kept
    }
    return Packed(option, span, packed, record, tables)


def digest_of(one: Measures) -> str:
    """SHA-256 of all that was measured of a replication: what running it again must give."""
    state = hashlib.sha256()
    for column in fields(one):
        _feed(state, column.name, getattr(one, column.name))
    return state.hexdigest()


def _feed(state: Any, name: str, value: Any) -> None:
    if isinstance(value, Mapping):
        for key in sorted(value):
            _feed(state, f"{name}/{key}", value[key])
        return
    array = np.asarray(value)
    state.update(f"{name}:{array.dtype.str}:{array.shape}:".encode())
    state.update(np.ascontiguousarray(array).tobytes())


def write_part(folder: Path, part: Packed) -> None:
    """Write a part, whole or not at all; log tables first, so that a part implies its tables.

    Raises:
        RunFolderError: it cannot be written.
    """
    name = part_name(part.span)
    for table, content in part.logs.items():
        files.write_bytes(
            folder / table / f"option={files.file_name(part.option)}" / f"{name}.parquet", content
        )
    home = options_folder(folder, part.option) / name
    beside = files.unfinished(home)
    shutil.rmtree(beside, ignore_errors=True)
    for table, content in part.files.items():
        files.write_bytes(beside / f"{table}.parquet", content)
    files.write_json(beside / "part.json", part.record)
    for _ in range(3):  # another shard may put the same part there at the same moment
        shutil.rmtree(home, ignore_errors=True)
        with suppress(OSError):
            beside.rename(home)
            return
    raise RunFolderError(f"{home}: cannot be replaced; delete it and run the same command again")


def verified_parts(
    folder: Path, option: str, wanted: Callable[[int], bool] | None = None
) -> tuple[list[Part], list[Path]]:
    """Parts whose files are what was written, in order, and the folders of those that are damaged.

    One that holds a replication again counts as damaged.

    Args:
        folder: the run folder.
        option: name of the option.
        wanted: tells by the first replication of a part whether to look at it; left out, all are.
    """
    good: list[Part] = []
    damaged: list[Path] = []
    seen: set[int] = set()
    for path in sorted(filter(_is_part, options_folder(folder, option).glob("part-*")), key=_longest_first):
        if wanted is not None and not wanted(first_of(path)):
            continue
        part = _verified(path, folder, option)
        if part is None or not seen.isdisjoint(part.replications):
            damaged.append(path)
        else:
            good.append(part)
            seen.update(part.replications)
    return good, damaged


def _is_part(path: Path) -> bool:
    """Whether a folder has the name of a part; a copy that somebody made of one has not."""
    return re.fullmatch(r"part-\d{5,}-\d{5,}", path.name) is not None


def _longest_first(path: Path) -> tuple[int, int]:
    """Two jobs that ran to different numbers at once may both have a chunk's start: the longer counts."""
    first, last = map(int, path.name.split("-")[1:])
    return first, -last


def _verified(path: Path, folder: Path, option: str) -> Part | None:
    try:
        record = json.loads((path / "part.json").read_text(encoding="utf-8"))
        whole = all(files.sha256(path / f"{table}.parquet") == record["sha256"][table] for table in _TABLES)
        there = all(
            (folder / table / f"option={files.file_name(option)}" / f"{path.name}.parquet").is_file()
            for table in record["logs"]
        )
        if not (whole and there):
            return None
        failures = tuple(Failure(**one) for one in record["failures"])
        digests = {int(index): str(digest) for index, digest in record.get("measures", {}).items()}
        return Part(path, tuple(record["replications"]), failures, digests)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def read_option(folder: Path, option: str, scenario: Scenario | None = None) -> OptionData:
    """Measured tables of an option, from its verified parts.

    Args:
        folder: the run folder.
        option: name of the option.
        scenario: its scenario, where it is at hand; read from the folder when left out.

    Raises:
        RunFolderError: the option's settings or the zones are missing or damaged.
    """
    zones, scenario = _zones(folder, option), scenario or _scenario(folder, option)
    parts, _ = verified_parts(folder, option)
    ran = sorted(index for part in parts for index in part.replications)
    responses = _responses(parts)
    long = _read(parts, "totals", ["replication", "name", "value"])
    totals = long.pivot(index="replication", columns="name", values="value").reindex(ran).fillna(0.0)
    totals = totals.reindex(columns=sorted(totals.columns))
    potential = _potential(
        _read(parts, "potential", ["replication", "zone", "level", "sum"]), totals, len(zones)
    )
    replications = ran[-1] + 1 if ran else 1
    run_in = _read(parts, "run_in", ["replication", "hour", *FIGURES])
    return OptionData(option, scenario, zones, responses, totals, potential, replications, run_in)


def read_responses(folder: Path, option: str) -> pd.DataFrame:
    """The response table of an option, from its verified parts."""
    return _responses(verified_parts(folder, option)[0])


def _responses(parts: Sequence[Part]) -> pd.DataFrame:
    return _read(parts, "responses", ["replication", *RESPONSE_TYPES])


def _zones(folder: Path, option: str) -> pd.DataFrame:
    for name in (f"zones/option={files.file_name(option)}.parquet", "zones.parquet"):
        path = folder / name
        if path.is_file():
            try:
                return files.read_table(path)
            except (OSError, ValueError) as error:
                raise RunFolderError(
                    f"{path}: damaged; delete it and run the study again ({error})"
                ) from error
    raise RunFolderError(f"{folder}: holds no zones.parquet; run the study again")


def _scenario(folder: Path, option: str) -> Scenario:
    path = folder / "options" / f"{files.file_name(option)}.yaml"
    if not path.is_file():
        raise RunFolderError(f"{path}: missing; run the study again")
    return read_scenario(path)[1]


def _read(parts: Sequence[Part], table: str, columns: Sequence[str]) -> pd.DataFrame:
    frames = [files.read_table(part.path / f"{table}.parquet") for part in parts]
    frames = [frame for frame in frames if len(frame)]
    if not frames:
        return pd.DataFrame({column: np.empty(0, dtype=np.int64) for column in columns})
    whole = pd.concat(frames, ignore_index=True)
    return pd.DataFrame(whole.sort_values("replication", kind="stable", ignore_index=True))


def _potential(long: pd.DataFrame, totals: pd.DataFrame, zones: int) -> NDArray[np.float64]:
    sums = np.zeros((zones, len(ThreatLevel)))
    np.add.at(
        sums, (long["zone"].to_numpy(), long["level"].to_numpy()), long["sum"].to_numpy(dtype=np.float64)
    )
    names = [f"{_SURVEYS}:level={level.name}" for level in ThreatLevel]
    count = np.array([totals[name].sum() if name in totals else 0.0 for name in names])
    out = np.full(sums.shape, np.nan)
    np.divide(sums, count, out=out, where=count > 0)
    return out


def _part_tables(measures: Sequence[Measures]) -> dict[str, dict[str, Any]]:
    """Columns of the tables of a part."""
    responses = [(one.replication, one.responses) for one in measures]
    names, values, owners = [], [], []
    for one in measures:
        totals = dict(one.totals)
        for level in np.flatnonzero(one.surveys).tolist():
            totals[f"{_SURVEYS}:level={ThreatLevel(level).name}"] = float(one.surveys[level])
        for name in sorted(totals):
            owners.append(one.replication)
            names.append(name)
            values.append(totals[name])
    return {
        "responses": _joined(responses),
        "totals": {
            "replication": np.array(owners, dtype=np.int32),
            "name": np.array(names, dtype=object) if names else np.array([], dtype=str),
            "value": np.array(values, dtype=np.float64),
        },
        "potential": _joined([(one.replication, _potential_rows(one)) for one in measures]),
        "run_in": _joined([(one.replication, one.run_in) for one in measures]),
    }


def _potential_rows(one: Measures) -> dict[str, NDArray[Any]]:
    zones = np.arange(len(one.potential), dtype=np.int32)
    seen = np.flatnonzero(one.surveys)
    return {
        "zone": np.tile(zones, len(seen)),
        "level": np.repeat(seen, len(zones)).astype(np.int8),
        "sum": one.potential[:, seen].T.reshape(-1),
    }


def _joined(tables: Sequence[tuple[int, Mapping[str, NDArray[Any]]]]) -> dict[str, NDArray[Any]]:
    """Tables of several replications below each other, with a column that says whose a row is."""
    if not tables:
        return {"replication": np.array([], dtype=np.int32)}
    lengths = [len(next(iter(columns.values()))) for _, columns in tables]
    owner = np.repeat(np.array([index for index, _ in tables], dtype=np.int32), lengths)
    names = tables[0][1]
    return {"replication": owner} | {
        name: np.concatenate([columns[name] for _, columns in tables]) for name in names
    }


def read_manifest(folder: Path) -> dict[str, Any]:
    """What ``manifest.json`` of a run folder says.

    Raises:
        RunFolderError: missing, damaged, or of a later armsim.
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if not folder.exists():
            raise RunFolderError(f"{folder}: no such run folder{beside(str(folder))}") from None
        raise RunFolderError(f"{folder}: not a run folder: it holds no {MANIFEST}") from None
    except (OSError, ValueError) as error:
        raise RunFolderError(
            f"{path}: cannot be read ({error}); run the study again to rebuild it"
        ) from error
    if not isinstance(manifest, dict) or manifest.get("schema") != SCHEMA:
        raise RunFolderError(f"{path}: written by another version of armsim; run the study again")
    lacking = sorted(_NEEDED - manifest.keys())
    if lacking:
        raise RunFolderError(
            f"{path}: says nothing of {', '.join(lacking)}; run the study again to rebuild it"
        )
    return manifest
