"""The council pack of a run: everything for the table in one folder, whole or not there."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from armsim.errors import ArmsimError
from armsim.report.files import PRINT_DPI, save
from armsim.report.pack import infographic
from armsim.report.pack.material import Material, gathered
from armsim.report.pack.tables import as_csv, as_html, as_markdown, as_marked, tables_of
from armsim.study import files
from armsim.study.results import Results

#: Tells a pack from any other folder, and lists what is in it.
MARK = "pack.json"
_INDEX = "index.md"
_KIND = "armsim council pack"


def write_pack(results: Results, folder: Path) -> list[Path]:
    """Write the council pack of a run: charts, infographic, deck, tables and an index.

    It is written beside its place and renamed, so that a pack is whole or not there; an older pack in the
    same place is replaced. The same run gives the same bytes.

    Args:
        results: an opened run; nothing but its folder is read.
        folder: where the pack goes.

    Returns:
        The files written, the index first.

    Raises:
        ArmsimError: the folder holds something else, it cannot be written, or python-pptx is not installed.
    """
    refuse_foreign(folder)
    with files.whole_folder(folder) as beside:
        entries = dict(_written(gathered(results), beside))
        _write_index(results, beside, entries)
        if folder.exists():
            shutil.rmtree(folder)
    return [folder / name for name in (_INDEX, MARK, *entries)]


def refuse_foreign(folder: Path) -> None:
    """Refuse a place that holds anything but an older pack.

    Raises:
        ArmsimError: it is a file, or a folder with something else in it.
    """
    if folder.exists() and not folder.is_dir():
        raise ArmsimError(f"{folder}: is a file; name a folder for the pack")
    if folder.is_dir() and any(folder.iterdir()) and not _is_pack(folder):
        raise ArmsimError(
            f"{folder}: holds files that are not a pack; nothing was written; name a new or an empty folder"
        )


def _is_pack(folder: Path) -> bool:
    try:
        told = json.loads((folder / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(told, dict) and told.get("kind") == _KIND


def _written(material: Material, folder: Path) -> Iterator[tuple[str, str]]:
    """Write all but the index; each file's name below the folder, and its finding."""
    yield from _deck(material, folder)
    for name, title, contents in infographic.pages(material):
        for ending, content in contents.items():
            files.write_bytes(folder / f"{name}.{ending}", content)
            yield f"{name}.{ending}", title
    yield from _charts(material, folder)
    yield from _tables(material, folder)


def _deck(material: Material, folder: Path) -> Iterator[tuple[str, str]]:
    try:
        from armsim.report.pack.deck import deck_bytes  # noqa: PLC0415 (python-pptx is an extra)
    except ImportError:
        raise ArmsimError("a council pack needs python-pptx: pip install 'armsim[pack]'") from None
    files.write_bytes(folder / "deck.pptx", deck_bytes(material))
    yield "deck.pptx", f"Slides: {material.view.results.title}"


def _charts(material: Material, folder: Path) -> Iterator[tuple[str, str]]:
    for placed in material.charts:
        home = folder / "charts" / placed.folder
        home.mkdir(parents=True, exist_ok=True)
        for path in save(placed.chart, home, PRINT_DPI):
            yield path.relative_to(folder).as_posix(), placed.chart.title


def _tables(material: Material, folder: Path) -> Iterator[tuple[str, str]]:
    title, source = material.view.results.title, material.source
    whole = {"tables.md": as_markdown, "tables.html": as_html}
    for name, make in whole.items():
        files.write_bytes(folder / "tables" / name, make(material.sections, title, source).encode())
        yield (
            f"tables/{name}",
            "All words and tables of the report" + (", to paste into Word" if "html" in name else ""),
        )
    number = 0
    for section in material.sections:
        for table in tables_of(section):
            number += 1
            name = f"tables/{number:02d}_{section.name}.csv"
            files.write_bytes(folder / name, as_csv(table))
            yield name, f"{section.title}: {table.caption}"


def _write_index(results: Results, folder: Path, entries: dict[str, str]) -> None:
    """The index for people and, with the digests of the files, for programs."""
    told = {
        "kind": _KIND,
        "run": results.run_id,
        "armsim": str(results.manifest["versions"]["armsim"]),
        "files": {
            name: {"finding": finding, "sha256": files.sha256(folder / name)}
            for name, finding in entries.items()
        },
    }
    files.write_json(folder / MARK, told)
    lines = [f"# {as_marked(results.title)}", "", f"Council pack of run {as_marked(results.run_id)}.", ""]
    for name, finding in _by_stem(entries).items():
        lines.append(f"- {name}: {as_marked(finding)}")
    files.write_bytes(folder / _INDEX, ("\n".join(lines) + "\n").encode())


def _by_stem(entries: dict[str, str]) -> dict[str, str]:
    """One entry for the files of one thing, linked, such as ``charts/x`` as png, svg and csv."""
    stems: dict[str, list[str]] = {}
    for name in entries:
        stems.setdefault(name.rpartition(".")[0], []).append(name)
    return {f"{stem} ({', '.join(map(_link, names))})": entries[names[0]] for stem, names in stems.items()}


def _link(name: str) -> str:
    return f"[{name.rpartition('.')[2]}](<{name}>)"
