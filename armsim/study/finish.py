"""What is derived from the parts: settings as run, zones, the tidy table of metrics, the manifest."""

from __future__ import annotations

import platform
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from armsim.analysis.curve import ResponseCurve
from armsim.analysis.option import MILESTONES, OptionData
from armsim.config.compose import to_yaml
from armsim.domain import Grade
from armsim.errors import RunFolderError
from armsim.study import files, store
from armsim.study.plan import Study, armsim_version

_LIBRARIES = ("simpy", "numpy", "scipy", "pandas", "pyarrow", "pydantic")
_DERIVED = ("parts", "options", "figures", "zones")


def prepare(folder: Path, study: Study, fresh: bool = False) -> None:
    """Make a locked folder ready for a study: refuse another's, clear what was left unfinished.

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
        elif path.name in {store.MANIFEST, "metrics.parquet", "zones.parquet", "log.jsonl"}:
            path.unlink()


def write_zones(folder: Path, zones: Mapping[str, pd.DataFrame]) -> None:
    """Write the zones of the first option, and of each other option that has its own."""
    first = next(iter(zones.values()))
    files.write_table(folder / "zones.parquet", _columns(first))
    for name, frame in zones.items():
        if not frame.equals(first):
            files.write_table(folder / "zones" / f"option={files.file_name(name)}.parquet", _columns(frame))


def write_metrics(folder: Path, data: Mapping[str, OptionData]) -> None:
    """Write ``metrics.parquet``: option, replication, metric, value, unit; same bytes however it was run."""
    frames = [_tidy(name, data[name]) for name in sorted(data)]
    table = pd.concat(frames, ignore_index=True)
    table = table.sort_values(["option", "replication", "metric"], kind="stable", ignore_index=True)
    files.write_table(folder / "metrics.parquet", _columns(table))


def _tidy(option: str, data: OptionData) -> pd.DataFrame:
    # The series over the window stays in the parts: it serves one chart and would be most of the table.
    totals = data.totals[[name for name in data.totals if ":window_hour=" not in str(name)]]
    long = totals.rename_axis(columns="metric").reset_index().melt("replication", value_name="value")
    responses = pd.DataFrame(_responses(data), columns=["replication", "metric", "value"])
    table = pd.concat([long, responses], ignore_index=True) if len(responses) else long
    table["unit"] = [_unit(name) for name in table["metric"]]
    table["option"] = option
    return pd.DataFrame(
        {
            "option": table["option"].astype(str),
            "replication": table["replication"].astype(np.int32),
            "metric": table["metric"].astype(str),
            "value": table["value"].astype(np.float64),
            "unit": table["unit"].astype(str),
        }
    )


def _responses(data: OptionData) -> list[tuple[int, str, float]]:
    """Each replication's own median and 90th percentile, minutes, by milestone and grade, for pairing."""
    rows: list[tuple[int, str, float]] = []
    for keys, part in data.responses.groupby(["replication", "milestone", "grade"], sort=True):
        replication, milestone, grade = np.asarray(keys, dtype=np.int64).tolist()
        curve = ResponseCurve.from_rows(np.zeros(len(part)), np.maximum(part["seconds"], 0), part["fate"], 1)
        where = f"milestone={MILESTONES[milestone]}:grade={Grade(grade).name}"
        for name, p in (("response_p50", 0.5), ("response_p90", 0.9)):
            rows.append((replication, f"{name}:{where}", curve.quantile(p) / 60))
    return rows


def _unit(name: str) -> str:
    head = name.split(":", 1)[0]
    if head.endswith("minutes") or head.startswith("response_"):
        return "minutes"
    if head.endswith("surveys"):
        return "surveys"
    return "officers" if head.endswith("officers") else "crews" if head.startswith("crews_") else "incidents"


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
        "record": str(study.record),
        "command": command,
        "started": started,
        "finished": finished,
        "host": platform.node(),
        "versions": {"armsim": armsim_version(), "python": platform.python_version(), **_versions()},
        "git": git_state(Path(next(iter(study.options.values())).folder)),
        "inputs": {name: sha for one in study.options.values() for name, sha in one.files().items()},
        "overrides": {name: list(one.composed.applied) for name, one in study.options.items()},
        "sets": {name: list(one.composed.sets) for name, one in study.options.items()},
        "parts": parts,
        "failures": [vars(one) for one in failures],
        "notes": list(notes),
        "bases": bases,
    }
    files.write_json(folder / store.MANIFEST, manifest)
    return manifest


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
