"""Build hook: takes the shipped scenarios along, and compiles the engine's hot modules with mypyc if it can.

The source is ordinary Python and runs as it is; the compiled modules give the same logs in about six tenths
of the time. Without a compiler, or with ``ARMSIM_PURE=1``, the wheel is pure Python and a line says so.
Editable installs are never compiled: a compiled module would hide an edit.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: What a replication spends its time in. SimPy's subclasses and what pydantic reads stay interpreted.
MODULES = (
    *(
        f"armsim/engine/{name}.py"
        for name in (
            "aftermath", "casework", "control_room", "fleet", "incident", "milestones", "pool", "recorder",
            "scene", "simulation", "unit",
        )
    ),
    "armsim/model/policies/candidates.py",
    *(f"armsim/model/travel/{name}.py" for name in ("base", "crow_fly", "law", "leg", "noise")),
)  # fmt: skip

_SETUP = """
from mypyc.build import mypycify
from setuptools import setup
setup(name="armsim", packages=[], ext_modules=mypycify({arguments!r}, opt_level="3"))
"""
_MYPY = ("--config-file=", "--ignore-missing-imports", "--follow-imports=silent", "--python-version=3.11")


class CompileEngine(BuildHookInterface):  # type: ignore[misc]
    """Adds the shipped scenarios and compiled modules to the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, if asked for and possible; *version* is ``editable`` for editable installs."""
        if version == "editable":  # the shipped scenarios are found beside the source
            return
        build_data["force_include"][str(Path(self.root) / "scenarios")] = "armsim/scenarios"
        if os.environ.get("ARMSIM_PURE"):
            return
        self._folder = Path(tempfile.mkdtemp(prefix="armsim-mypyc-"))
        try:
            built = compiled(Path(self.root), self._folder)
        except (OSError, subprocess.CalledProcessError) as error:
            said = getattr(error, "stdout", None) or str(error).encode()
            reason = said.decode(errors="replace").strip().splitlines()[-1]
            self.app.display_warning(f"armsim: the engine is not compiled and runs as plain Python: {reason}")
            return
        for path in built:
            build_data["force_include"][str(path)] = str(path.relative_to(self._folder / "out"))
        build_data["pure_python"] = False
        build_data["infer_tag"] = True

    def finalize(self, *_: Any) -> None:
        """Remove what the compiler left."""
        folder = getattr(self, "_folder", None)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def compiled(root: Path, folder: Path) -> list[Path]:
    """Compile :data:`MODULES` of the source tree *root* in *folder*; the extension modules, under ``out``.

    Raises:
        OSError: there is no compiler.
        subprocess.CalledProcessError: compiling failed.
    """
    if not any(shutil.which(name) for name in ("cc", "gcc", "clang", "cl")):
        raise OSError("no C compiler found")
    shutil.copytree(root / "armsim", folder / "armsim")
    (folder / "setup.py").write_text(_SETUP.format(arguments=[*_MYPY, *MODULES]))
    command = [sys.executable, "setup.py", "-q", "build_ext", "--build-lib", "out", "--build-temp", "temp"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return sorted((folder / "out").rglob("*.so")) + sorted((folder / "out").rglob("*.pyd"))
