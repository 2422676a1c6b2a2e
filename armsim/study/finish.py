"""What is derived from the parts: settings as run, zones, the tidy table of metrics, the manifest."""

from __future__ import annotations

import platform
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from armsim.analysis.curve import quantiles
from armsim.analysis.option import MILESTONES, OptionData
from armsim.analysis.run_in import WarmUp
from armsim.config.compose import to_yaml
from armsim.domain import Grade
from armsim.errors import RunFolderError
from armsim.study import files, store
from armsim.study.bills import BILLS, write_bills
from armsim.study.plan import Study, armsim_version, declared

_LIBRARIES = ("simpy", "numpy", "scipy", "pandas", "pyarrow", "pydantic")
#: Beginnings of names of sums that are minutes without saying so.
_IN_MINUTES = ("response_", "people_overtime_", "people_paid_", "people_pay_", "people_last")
#: Last words of names of sums that say what they count.
_LAST_WORDS = ("surveys", "officers", "hours", "months", "weeks")
_DERIVED = ("parts", "options", "figures", "zones")


def prepare(folder: Path, study: Study, fresh: bool = False, alone: bool = True) -> None:
    """Make a locked folder ready for a study: refuse another's, clear what was left unfinished.

    Args:
        folder: the run folder.
        study: the study.
        fresh: delete what an earlier run left.
        alone: nobody else writes here, so that what is unfinished is left from an earlier run.

    Raises:
        RunFolderError: the folder holds another run.
    """
    if (folder / store.MANIFEST).exists():
        try:
            digest = store.read_manifest(folder).get("digest")
        except RunFolderError:
            digest = (
                study.digest
            )  # damaged: rebuilt from the parts, whose place in this folder says whose they are
        if digest != study.digest:
            raise RunFolderError(
                f"{folder}: holds another run (digest {str(digest)[:8]}, not {study.digest[:8]}); "
                "nothing was overwritten; choose another folder with -o"
            )
    if alone:
        files.clean(folder)
    if fresh:
        _empty(folder)
    for name, loaded in study.options.items():
        text = to_yaml(loaded.composed.data, loaded.composed.origins)
        files.write_bytes(folder / "options" / f"{files.file_name(name)}.yaml", text.encode())


def _empty(folder: Path) -> None:
    """Delete the folders and files of an earlier run; nothing else that may lie there."""
    for path in folder.iterdir():
        if path.is_dir() and (path.name in _DERIVED or any(path.glob("option=*"))):
            shutil.rmtree(path)
        elif path.name in {store.MANIFEST, "metrics.parquet", "zones.parquet", *BILLS} or path.match(
            "log*.jsonl"
        ):
            path.unlink()


def write_zones(folder: Path, zones: Mapping[str, pd.DataFrame]) -> None:
    """Write the zones of the first option, and of each other option that has its own."""
    first = next(iter(zones.values()))
    files.write_table(folder / "zones.parquet", _columns(first))
    for name, frame in zones.items():
        if not frame.equals(first):
            files.write_table(folder / "zones" / f"option={files.file_name(name)}.parquet", _columns(frame))


def write_metrics(folder: Path, data: Mapping[str, OptionData]) -> None:
    """Write ``metrics.parquet`` and the tables of ``study.bills``; same bytes however it was run.

    ``metrics.parquet`` has option, replication, metric, value, unit; rows are in order of these columns.
    """
    tables = [_tidy(name, data[name]) for name in sorted(data)]
    columns = {column: pa.concat_arrays([table[column] for table in tables]) for column in tables[0]}
    files.write_table(folder / "metrics.parquet", columns)
    write_bills(folder, data)


def _tidy(option: str, data: OptionData) -> dict[str, pa.Array]:
    # The series over the window stays in the parts: it serves one chart and would be most of the table.
    kept = [str(name) for name in data.totals if ":window_hour=" not in str(name)]
    ran = data.totals.index.to_numpy(dtype=np.int32)
    owner, metric, value = _responses(data)
    names = sorted({*kept, *metric})
    place = {name: code for code, name in enumerate(names)}
    owners = np.concatenate([np.tile(ran, len(kept)), np.array(owner, dtype=np.int32)])
    codes = np.array([place[name] for name in kept], dtype=np.int32).repeat(len(ran))
    codes = np.concatenate([codes, np.array([place[name] for name in metric], dtype=np.int32)])
    values = np.concatenate([data.totals[kept].to_numpy(dtype=np.float64).T.ravel(), value])
    order = np.lexsort((codes, owners))
    which = pa.array(codes[order])
    return {
        "option": pa.array([option], pa.large_string()).take(pa.repeat(0, len(order))),
        "replication": pa.array(owners[order]),
        "metric": pa.array(names, pa.large_string()).take(which),
        "value": pa.array(values[order], from_pandas=True),
        "unit": pa.array([_unit(name) for name in names], pa.large_string()).take(which),
    }


def _responses(data: OptionData) -> tuple[list[int], list[str], list[float]]:
    """Each replication's own median and 90th percentile, minutes, by milestone and grade, for pairing."""
    rows: tuple[list[int], list[str], list[float]] = [], [], []
    for keys, part in data.responses.groupby(["replication", "milestone", "grade"], sort=True):
        replication, milestone, grade = np.asarray(keys, dtype=np.int64).tolist()
        where = f"milestone={MILESTONES[milestone]}:grade={Grade(grade).name}"
        seconds = quantiles(np.maximum(part["seconds"], 0), part["fate"], (0.5, 0.9))
        for name, second in zip(("response_p50", "response_p90"), seconds, strict=True):
            rows[0].append(replication)
            rows[1].append(f"{name}:{where}")
            rows[2].append(second / 60)
    return rows


def _unit(name: str) -> str:
    head = name.split(":", 1)[0]
    if head.endswith("minutes") or head.startswith(_IN_MINUTES):
        return "minutes"
    if head == "recovered":
        return "replications"
    if head.startswith("crews_"):
        return "crews" if not head.endswith("officers") else "officers"
    if head.endswith(_LAST_WORDS):
        return head.replace("_", " ").rsplit(" ", 1)[-1]
    return "count" if head.startswith("people_") else "incidents"


def write_manifest(
    folder: Path,
    study: Study,
    *,
    command: str,
    started: str,
    finished: str,
    failures: Sequence[store.Failure],
    notes: Sequence[str],
    bases: Mapping[str, Sequence[Mapping[str, Any]]],
    warm_up: Mapping[str, WarmUp],
    git: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Write ``manifest.json`` and return what it says."""
    parts = {
        name: [part.path.name for part in store.verified_parts(folder, name)[0]] for name in study.options
    }
    manifest: dict[str, Any] = {
        "schema": store.SCHEMA,
        "run_id": study.run_id,
        "digest": study.digest,
        "options": list(study.options),
        "replications": study.replications,
        "seed": study.seed,
        "seeds": {name: study.seed_of(name) for name in study.options},
        "independent": study.independent,
        "declared": _declared(folder, study, bool(any(parts.values()))),
        "record": str(study.record),
        "command": command,
        "started": started,
        "finished": finished,
        "host": platform.node(),
        "versions": {"armsim": armsim_version(), "python": platform.python_version(), **_versions()},
        "git": git,
        "inputs": {name: sha for one in study.options.values() for name, sha in one.files().items()},
        "folders": {name: str(one.folder.resolve()) for name, one in study.options.items()},
        "overrides": {name: list(one.composed.applied) for name, one in study.options.items()},
        "sets": {name: list(one.composed.sets) for name, one in study.options.items()},
        "descriptions": {
            name: one.composed.overrides[name]
            for one in study.options.values()
            for name in one.composed.applied
        },
        "parts": parts,
        "failures": [vars(one) for one in failures],
        "notes": [*notes, *(f"{name}: {one.words}" for name, one in warm_up.items() if one.too_short)],
        "warm_up": {name: one.as_dict() for name, one in warm_up.items()},
        "bases": bases,
    }
    files.write_json(folder / store.MANIFEST, manifest)
    return manifest


def _declared(folder: Path, study: Study, ran: bool) -> dict[str, Any]:
    """By option, what was declared before its first replication: once some ran, what the manifest says."""
    said = {name: declared(loaded.scenario.study) for name, loaded in study.options.items()}
    if not ran:
        return said
    with suppress(RunFolderError):
        said |= store.read_manifest(folder).get("declared", {})
    return said


def git_state(folder: Path) -> dict[str, Any] | None:
    """Commit of the work tree that holds the scenario, and whether it has changes; ``None`` outside one."""

    def ask(*words: str) -> str:
        found = subprocess.run(
            ["git", "-C", str(folder), *words], capture_output=True, text=True, timeout=10, check=True
        )
        return found.stdout.strip()

    try:
        return {"commit": ask("rev-parse", "HEAD"), "changed": bool(ask("status", "--porcelain", "-uno"))}
    except (OSError, subprocess.SubprocessError):
        return None


def _versions() -> dict[str, str]:
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _columns(frame: pd.DataFrame) -> dict[str, Any]:
    return {name: pa.array(frame[name], from_pandas=True) for name in frame.columns}
