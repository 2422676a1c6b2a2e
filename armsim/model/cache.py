"""Arrays kept on disk between runs, so that a road network is worked out once per set of inputs.

A cache can only save time, never change a result or stop a run: an entry is named by a digest of all that
it depends on, carries a checksum, and is rebuilt whenever anything about it looks wrong. The folder is
``$ARMSIM_CACHE``, else ``$XDG_CACHE_HOME/armsim``, else ``~/.cache/armsim``; ``ARMSIM_CACHE=off`` switches
the cache off, and a folder that cannot be written leaves the program working without one.
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Arrays: TypeAlias = dict[str, NDArray[Any]]

FORMAT_VERSION = "1"
"""Part of every digest: raise it when the meaning of cached arrays changes, and old entries are not read."""

_MAGIC = b"armsim arrays\n"
_DIGEST_BYTES = hashlib.sha256().digest_size
_UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)
_log = logging.getLogger(__name__)


def cached_arrays(
    kind: str,
    key: Sequence[bytes | str],
    build: Callable[[], Arrays],
    valid: Callable[[Arrays], bool] | None = None,
) -> Arrays:
    """The arrays that *build* makes, from disk if they were made before from the same key.

    Entries are written beside their place and renamed, so concurrent writers and readers never meet half a
    file. A truncated, garbled or otherwise wrong entry is rebuilt and replaced.

    Args:
        kind: what the arrays are, such as ``road_trees``; the beginning of the file name.
        key: everything the arrays depend on, as bytes or text; order and division into parts matter.
        build: makes the arrays; called only when no good entry exists. No object arrays.
        valid: optional further test of what was read, such as the expected shapes.

    Returns:
        The arrays by name, writable, in memory.
    """
    folder = cache_folder()
    if folder is None:
        return build()
    path = folder / f"{kind}-{_digest(kind, key)}.arrays"
    arrays = _read(path)
    if arrays is not None and (valid is None or valid(arrays)):
        return arrays
    arrays = build()
    _write(path, arrays)
    return arrays


def cache_folder() -> Path | None:
    """The user's cache folder, which may not exist yet; ``None`` when the cache is off or has no home."""
    chosen = os.environ.get("ARMSIM_CACHE", "")
    if chosen == "off":
        return None
    base = os.environ.get("XDG_CACHE_HOME", "")
    try:
        if chosen:
            return Path(chosen).expanduser()
        return (Path(base) if base else Path.home() / ".cache") / "armsim"
    except RuntimeError:  # no home folder is known
        return None


def _digest(kind: str, key: Sequence[bytes | str]) -> str:
    """Hexadecimal digest of the parts, each preceded by its length so that ("ab", "c") is not ("a", "bc")."""
    digest = hashlib.sha256()
    for part in (FORMAT_VERSION, kind, *key):
        data = part.encode("utf-8") if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(data)
    return digest.hexdigest()


def _read(path: Path) -> Arrays | None:
    """The arrays of an entry; ``None`` when there is none or it is damaged."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        _log.debug("cache entry %s cannot be read: %s", path, error)
        return None
    start = len(_MAGIC) + _DIGEST_BYTES
    payload = memoryview(data)[start:]
    if data[:start] != _MAGIC + hashlib.sha256(payload).digest():
        _log.debug("cache entry %s is damaged and will be rebuilt", path)
        return None
    try:
        with np.load(io.BytesIO(payload), allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except _UNREADABLE as error:
        _log.debug("cache entry %s cannot be understood: %s", path, error)
        return None


def _write(path: Path, arrays: Arrays) -> None:
    """Write an entry beside its place, then rename it; a failure leaves no trace and is no error."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    payload = buffer.getbuffer()
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as file:
            temporary = file.name
            file.write(_MAGIC + hashlib.sha256(payload).digest())
            file.write(payload)
        Path(temporary).replace(path)
    except OSError as error:
        _log.debug("cache entry %s cannot be written: %s", path, error)
        if temporary:
            Path(temporary).unlink(missing_ok=True)
