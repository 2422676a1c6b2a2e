"""Scenarios that ship with the package: in an installed wheel beside the code, in a source tree above it."""

from __future__ import annotations

import difflib
from functools import cache
from importlib.resources import files
from pathlib import Path

from armsim.config.compose import compose
from armsim.config.source import read
from armsim.errors import DataError

#: JSON Schema that the first line of every shipped scenario names, for editors.
SCHEMA = "armsim.schema.json"


@cache
def shipped_folder() -> Path:
    """Folder of the shipped scenarios.

    Raises:
        DataError: the installation lacks them.
    """
    package = Path(str(files("armsim")))
    for folder in (package / "scenarios", package.parent / "scenarios"):
        if (folder / SCHEMA).is_file():
            return folder
    raise DataError(f"{package / 'scenarios'} is missing: the shipped scenarios; reinstall armsim")


def examples() -> dict[str, str]:
    """Title of each shipped scenario by name, sorted.

    Raises:
        DataError: the installation lacks them.
    """
    return {path.stem: str(read(str(path)).data["title"]) for path in sorted(shipped_folder().glob("*.yaml"))}


def example(name: str) -> Path:
    """File of a shipped scenario.

    Raises:
        KeyError: there is none of this name; the message suggests the closest and lists them.
        DataError: the installation lacks them.
    """
    paths = {path.stem: path for path in sorted(shipped_folder().glob("*.yaml"))}
    if name not in paths:
        close = difflib.get_close_matches(name, paths, n=1)
        hint = f"; did you mean {close[0]}?" if close else ";"
        raise KeyError(f"no example is called {name!r}{hint} there are: {', '.join(paths)}")
    return paths[name]


def with_bases(name: str) -> tuple[Path, ...]:
    """File of a shipped scenario and of those that it extends, itself first, and the schema they name.

    Raises:
        KeyError: as :func:`example`.
    """
    path = example(name)
    return (*(Path(file) for file, _ in compose(path).files), shipped_folder() / SCHEMA)
