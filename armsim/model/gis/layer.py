"""Reading one layer of a file of shapes: GeoPackage, GeoJSON, Shapefile and others, plain or zipped."""

from __future__ import annotations

import logging
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from armsim.errors import Problem, ScenarioError
from armsim.model.gis.library import library
from armsim.registry import suggestion

SHAPE_ENDINGS = (".gpkg", ".geojson", ".json", ".shp", ".fgb", ".gml", ".kml", ".tab", ".mif")
#: Endings of files of shapes; zipped ones as well.
ENDINGS = (*SHAPE_ENDINGS, ".zip", ".geojson.gz", ".json.gz", ".shz")
#: What may read a file, whatever its ending: nothing that sends the reader to other files or the network.
_DRIVERS = frozenset({
    "ESRI Shapefile", "ESRIJSON", "FlatGeobuf", "GML", "GPKG", "GeoJSON", "KML", "LIBKML", "MapInfo File",
    "TopoJSON",
})  # fmt: skip
#: Settings of the library while a file is opened: what a file names in the network is not fetched.
_NO_NETWORK = {"CPL_VSIL_CURL_ALLOWED_FILENAME": "none", "GML_DOWNLOAD_SCHEMA": "NO"}
MOST_BYTES = 2 * 1024**3
_NAMED = 10


@dataclass(frozen=True)
class Layer:
    """Shapes with their columns.

    Attributes:
        frame: a GeoDataFrame; ``crs`` as the file says, or ``None``.
        name: of the layer.
        notes: what the reading library had to say.
    """

    frame: Any
    name: str
    notes: tuple[str, ...]


def is_shape_file(path: Path) -> bool:
    """Whether the name is that of a file of shapes."""
    return path.name.lower().endswith(ENDINGS)


def read_layer(path: Path, layer: str | None = None, most: int = 100_000) -> Layer:
    """A layer of a file.

    Args:
        path: the file; of a zip archive, the one file of shapes in it, or the one that *layer* names.
        layer: its name; not needed where there is but one layer with shapes.
        most: shapes; more are refused.

    Raises:
        ScenarioError: there is no such file or layer, or it cannot be read.
        ArmsimError: the extra ``geo`` is not installed.
    """
    refuse = _Refuser(str(path))
    try:
        source, layer = _source(path, layer, refuse)
        _whole_shapefile(path, refuse)
    except (OSError, zipfile.BadZipFile) as error:
        raise refuse(f"the file cannot be read: {getattr(error, 'strerror', None) or error}") from error
    pyogrio = library("pyogrio")
    library("geopandas")
    logging.getLogger("pyogrio").setLevel(logging.ERROR)
    with warnings.catch_warnings(record=True) as heard, _settings(pyogrio):
        warnings.simplefilter("always")
        try:
            name = _layer(pyogrio, source, layer, refuse)
            info = pyogrio.read_info(source, layer=name)
            _fits(info, most, refuse)
            frame = pyogrio.read_dataframe(
                source, layer=name, datetime_as_string=True, fid_as_index=False, on_invalid="ignore"
            )
        except UnicodeDecodeError as error:
            raise refuse("its text is not UTF-8; save it as UTF-8 (a Shapefile with its .cpg)") from error
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
            raise refuse(_unreadable(path, str(error))) from error
    return Layer(frame, name, tuple(dict.fromkeys(str(one.message) for one in heard)))


@contextmanager
def _settings(pyogrio: Any) -> Iterator[None]:
    """The library's settings for a file that may be anything, and afterwards those that were before."""
    before = {name: pyogrio.get_gdal_config_option(name) for name in _NO_NETWORK}
    pyogrio.set_gdal_config_options(_NO_NETWORK)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)


class _Refuser:
    """Makes the exception of one problem with the file."""

    def __init__(self, file: str) -> None:
        self._file = file

    def __call__(self, message: str, path: str = "") -> ScenarioError:
        return ScenarioError([Problem(message, path=path, file=self._file)])


def _source(path: Path, layer: str | None, refuse: _Refuser) -> tuple[str, str | None]:
    """What the library is to open, and the layer in it."""
    size = path.stat().st_size
    if size == 0:
        raise refuse("the file is empty")
    whole = str(path.resolve())
    if path.suffix.lower() not in (".zip", ".shz"):
        if size > MOST_BYTES:
            raise refuse(f"the file has {size:,} bytes; a file of zones has at most {MOST_BYTES:,}")
        return (f"/vsigzip/{whole}" if path.suffix.lower() == ".gz" else whole), layer
    with zipfile.ZipFile(path) as archive:
        held = archive.infolist()
    if sum(one.file_size for one in held) > MOST_BYTES:
        raise refuse(f"the archive holds more than {MOST_BYTES:,} bytes")
    inside = [one.filename for one in held if _is_shapes(one.filename)]
    if not inside:
        others = ", ".join(one.filename for one in held[:_NAMED]) or "nothing"
        raise refuse(f"the archive holds no file of shapes ({', '.join(SHAPE_ENDINGS)}); it holds {others}")
    if len(inside) == 1:
        return f"/vsizip/{whole}/{inside[0]}", layer
    stems = {Path(name).stem: name for name in inside}
    if layer is None:
        raise refuse(
            f"the archive holds several files of shapes; write layer: one of {_some(stems)}", "layer"
        )
    if layer not in stems:
        raise refuse(f"the archive has no {layer!r}{suggestion(layer, stems)}", "layer")
    return f"/vsizip/{whole}/{stems[layer]}", None


def _is_shapes(name: str) -> bool:
    """Whether a name in an archive is that of a file of shapes; macOS adds shadows of files, ``._name``."""
    return name.lower().endswith(SHAPE_ENDINGS) and not Path(name).name.startswith("._")


def _whole_shapefile(path: Path, refuse: _Refuser) -> None:
    """Refuse a Shapefile whose other parts are not beside it."""
    if path.suffix.lower() != ".shp":
        return
    there = {one.name.lower() for one in path.parent.iterdir()}
    absent = [path.with_suffix(end).name for end in (".shx", ".dbf")]
    absent = [name for name in absent if name.lower() not in there]
    if absent:
        raise refuse(f"a Shapefile needs {' and '.join(absent)} beside it")


def _layer(pyogrio: Any, source: str, wanted: str | None, refuse: _Refuser) -> str:
    """Name of the layer to read: the wanted one, or the only one with shapes."""
    kinds = {str(name): kind for name, kind in pyogrio.list_layers(source)}
    shapes = [name for name, kind in kinds.items() if kind is not None]
    if wanted is not None:
        if wanted not in kinds:
            raise refuse(f"there is no layer {wanted!r}{suggestion(wanted, kinds)}", "layer")
        if wanted not in shapes:
            raise refuse(
                f"layer {wanted!r} has no shapes, only columns; shapes are in {_some(shapes)}", "layer"
            )
        return wanted
    if not shapes:
        raise refuse(
            "the file has no layer with shapes" + (f"; {_some(kinds)} have columns only" if kinds else "")
        )
    if len(shapes) > 1:
        raise refuse(f"the file has several layers; write layer: one of {_some(shapes)}", "layer")
    return shapes[0]


def _fits(info: dict[str, Any], most: int, refuse: _Refuser) -> None:
    driver = info.get("driver")
    if driver is not None and driver not in _DRIVERS:
        raise refuse(f"the file is of the kind {driver}; {', '.join(sorted(_DRIVERS))} are read")
    if info["features"] == 0:
        raise refuse("the layer is empty: it has no shapes")
    if info["features"] > most:
        raise refuse(f"the layer has {info['features']:,} shapes; at most {most:,} are read")


def _unreadable(path: Path, said: str) -> str:
    """What the library said, with what often lies behind it."""
    hint = "; GeoJSON is one whole object of JSON in UTF-8" if "json" in path.suffix.lower() else ""
    first = said.replace(str(path.resolve()), path.name).partition(";")[0].strip().rstrip(".")
    return f"the file cannot be read as shapes ({first}){hint}"


def _some(names: Any) -> str:
    listed = [str(name) for name in names]
    more = f" and {len(listed) - _NAMED} more" if len(listed) > _NAMED else ""
    return ", ".join(listed[:_NAMED]) + more
