"""The mapping file of a log: read, validated, and the files that it leads to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from armsim.config.compose import Composed, compose
from armsim.config.schema.logs import LogConfig
from armsim.config.validate import json_schema, names_in, problem, validate
from armsim.errors import Problem, ScenarioError


def read_mapping(path: str | os.PathLike[str]) -> tuple[LogConfig, Composed]:
    """A mapping file, and where each of its settings was written; its files are not looked at.

    Raises:
        ScenarioError: every problem found, where it is written.
    """
    composed = compose(path, names=names_in(LogConfig))
    return validate(LogConfig, composed), composed


def mapping_schema() -> dict[str, Any]:
    """JSON Schema of mapping files, for editors."""
    schema = json_schema(LogConfig)
    for name in ("overrides", "options", "conditions"):  # of scenario files
        del schema["properties"][name]
    return schema


def missing_files(config: LogConfig, composed: Composed, folder: Path) -> list[Problem]:
    """A problem for each file that a mapping names and that is not in *folder*."""
    tables = [(name, getattr(config, name)) for name in ("bases", "areas")]
    named = [("files", name) for name in config.file_names]
    named += [(f"{name}.file", table.file) for name, table in tables if table is not None]
    return [
        problem(composed, place, f"no such file {name!r}, looked for in {folder}")
        for place, name in named
        if not (folder / name).is_file()
    ]


def files_behind(mapping: str, folder: Path) -> list[str]:
    """Names, relative to *folder*, of the files that a mapping file there leads to: what it extends, its log.

    A mapping that is wrong leads to nothing; what is wrong is said by those who read it.
    """
    try:
        config, composed = read_mapping(folder / mapping)
    except ScenarioError:
        return []
    beside = os.path.dirname(mapping)  # noqa: PTH120 (names in a scenario stay as written)
    extended = [os.path.relpath(name, folder) for name, _ in composed.files[1:]]
    return [*extended, *(os.path.normpath(os.path.join(beside, name)) for name in config.all_files)]  # noqa: PTH118
