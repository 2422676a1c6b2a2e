"""Files that are either whole or not there: written beside, flushed to disk, renamed into place."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import platform
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from armsim.errors import RunFolderError

#: Names that begin so are unfinished; whoever holds the lock may delete them.
UNFINISHED = ".tmp-"
#: File in a run folder that whoever writes there holds a lock on.
LOCK = ".lock"
_NO_LOCKS = (errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK)


def unfinished(path: Path) -> Path:
    """Where *path* is written until it is whole: beside it, under a name of this thread's own."""
    writer = f"{platform.node()}-{os.getpid()}-{threading.get_native_id()}"
    return path.with_name(f"{UNFINISHED}{writer}-{path.name}")


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old one or the new one, never half.

    Raises:
        RunFolderError: the file cannot be written.
    """
    beside = unfinished(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):  # a full disk has no room for half a file
            beside.unlink(missing_ok=True)
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> RunFolderError:
    return RunFolderError(f"{path}: cannot be written: {(error.strerror or str(error)).lower()}")


def append_line(path: Path, text: str) -> None:
    """Write a line more at the end of a file.

    Raises:
        RunFolderError: it cannot be written.
    """
    try:
        with path.open("a", encoding="utf-8") as stream:
            stream.write(f"{text}\n")
    except OSError as error:
        raise _unwritable(path, error) from error


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A folder to fill beside *folder*, that is put in its place when all is written, or not at all.

    Raises:
        RunFolderError: something cannot be written, or *folder* is there and not empty by then.
    """
    beside = unfinished(folder)
    try:
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        yield beside
        beside.rename(folder)
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """Write *data* as indented JSON, whole or not at all."""
    write_bytes(path, (json.dumps(data, indent=2, ensure_ascii=False, default=str) + "\n").encode())


def table_bytes(columns: Mapping[str, Any]) -> bytes:
    """Columns as Parquet: the same columns always give the same bytes."""
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(dict(columns)), sink, compression="zstd", compression_level=3)
    return bytes(sink.getvalue().to_pybytes())


def write_table(path: Path, columns: Mapping[str, Any]) -> None:
    """Write columns as Parquet: see :func:`table_bytes`."""
    write_bytes(path, table_bytes(columns))


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


class Lock:
    """A lock file; what is held goes with the process, however it ends.

    On a file system without locks nothing is ever busy, and ``works`` is false.

    Raises:
        RunFolderError: the file cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self.works = True
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._stream = path.open("a+")  # a shared lock over NFS asks for a file that can be read
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise RunFolderError(f"{path.parent}: cannot be made or opened: {reason}") from error

    def take(self, *, shared: bool = False) -> bool:
        """Hold it, alone or with others who share it, in place of how it was held; whether it is."""
        self.release()
        try:
            fcntl.flock(self._stream, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                return False
            self.works = False
        return True

    def release(self) -> None:
        """Hold it no longer."""
        with suppress(OSError):
            fcntl.flock(self._stream, fcntl.LOCK_UN)

    def close(self) -> None:
        """Hold it no longer, for good."""
        self._stream.close()


@contextmanager
def locked(folder: Path) -> Iterator[Lock]:
    """Hold a run folder for oneself.

    Raises:
        RunFolderError: another run holds it, or the folder cannot be made.
    """
    with closing(Lock(folder / LOCK)) as lock:
        if not lock.take():
            raise RunFolderError(
                f"{folder}: another run is writing here; wait for it to end, or choose another folder with -o"
            )
        yield lock
