"""Roads from OpenStreetMap: ways to drive, a network split at junctions, and tables that scenarios read.

Needs the extra ``roads``.
"""

from armsim.model.osm.area import MapArea, box_area, file_area, force_area
from armsim.model.osm.build import Roads, refuse_full, roads_of, write_roads
from armsim.model.osm.circuity import circuity
from armsim.model.osm.report import text
from armsim.model.osm.speeds import CLASS_KPH

__all__ = [
    "CLASS_KPH", "MapArea", "Roads", "box_area", "circuity", "file_area", "force_area", "refuse_full",
    "roads_of", "text", "write_roads",
]  # fmt: skip
