"""Files that are either whole or not there: written beside, flushed to disk, renamed into place."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from armsim.errors import RunFolderError

#: Names that begin so are unfinished; whoever holds the lock may delete them.
UNFINISHED = ".tmp-"


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old one or the new one, never half.

    Raises:
        RunFolderError: the file cannot be written.
    """
    beside = path.with_name(f"{UNFINISHED}{os.getpid()}-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
    except OSError as error:
        raise RunFolderError(
            f"{path}: cannot be written: {(error.strerror or str(error)).lower()}"
        ) from error


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """Write *data* as indented JSON, whole or not at all."""
    write_bytes(path, (json.dumps(data, indent=2, ensure_ascii=False, default=str) + "\n").encode())


def write_table(path: Path, columns: Mapping[str, Any]) -> None:
    """Write columns as Parquet: the same columns always give the same bytes."""
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(dict(columns)), sink, compression="zstd", compression_level=3)
    write_bytes(path, sink.getvalue().to_pybytes())


def read_table(path: Path) -> pd.DataFrame:
    """What :func:`write_table` wrote; read as one file, not as a data set: a fifth of the cost."""
    with pq.ParquetFile(path) as file:
        return pd.DataFrame(file.read(use_threads=False).to_pandas(use_threads=False))


def sha256(path: Path) -> str:
    """Digest of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def file_name(name: str) -> str:
    """An option's name as a file name that every system takes and no two options share."""
    return quote(name, safe=" -_+").replace(".", "%2E")


def clean(folder: Path) -> None:
    """Delete what an interrupted run left unfinished under *folder*."""
    for path in sorted(folder.rglob(f"{UNFINISHED}*")):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a run folder for oneself; the lock goes with the process, however it ends.

    Raises:
        RunFolderError: another run holds it, or the folder cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stream = (folder / ".lock").open("a")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise RunFolderError(f"{folder}: cannot be made or opened: {reason}") from error
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise RunFolderError(
                f"{folder}: another run is writing here; wait for it to end, or choose another folder with -o"
            ) from None
        yield
