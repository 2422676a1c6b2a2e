"""A folder of its own for a new scenario: a shipped example, or a starter for a force area."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from armsim.config.shipped import with_bases
from armsim.errors import ArmsimError, RunFolderError
from armsim.model.geography import force_slug, resolve_force
from armsim.model.starter import BASE, EXTENDS, starter_yaml
from armsim.study.files import whole_folder


def from_example(folder: Path, name: str) -> Path:
    """Make *folder* with a shipped scenario, those that it extends, and their schema.

    Args:
        folder: a folder that is not there yet; those above it are made.
        name: of the example, such as ``severe`` or ``severe.yaml``.

    Returns:
        The scenario file.

    Raises:
        ArmsimError: no such example.
        RunFolderError: the folder is there already, or cannot be written; nothing is left of it.
    """
    try:
        files = with_bases(name.removesuffix(".yaml"))
    except KeyError as error:
        raise ArmsimError(f"--from {name}: {error.args[0]}") from error
    _write(folder, {file.name: file.read_bytes() for file in files})
    return folder / files[0].name


def for_force(folder: Path, force: str, level: str = "SEVERE") -> Path:
    """Make *folder* with a starter scenario, and in ``base`` below it what that extends.

    Args:
        folder: a folder that is not there yet; those above it are made.
        force: name of a force, spelt in any reasonable way.
        level: threat level that holds throughout.

    Returns:
        The scenario file.

    Raises:
        ArmsimError: no such force.
        RunFolderError: the folder is there already, or cannot be written; nothing is left of it.
    """
    try:
        slug = force_slug(resolve_force(force))
    except KeyError as error:
        raise ArmsimError(f"--force: {error.args[0]} (armsim list forces has all 43)") from error
    own = f"{slug}.yaml"
    bases = {f"{BASE}/{file.name}": file.read_bytes() for file in with_bases(EXTENDS)}
    _write(folder, {own: starter_yaml(slug, level).encode(), **bases})
    return folder / own


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write *files* into a new folder: beside it first, then renamed, so that it is whole or not there."""
    if os.path.lexists(folder):
        raise RunFolderError(
            f"{folder}: is there already, and nothing is overwritten; name a folder that is not there yet"
        )
    with whole_folder(folder) as beside:
        for name, content in files.items():
            path = beside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
