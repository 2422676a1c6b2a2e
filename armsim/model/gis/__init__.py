"""Files of shapes: reading a layer, coordinate systems, overlaps and gaps. Needs the extra ``geo``."""

from armsim.model.gis.crs import (
    BRITISH,
    DEGREES,
    WrongCrs,
    in_degrees,
    look_british,
    look_swapped,
    metric_crs,
    settle_crs,
)
from armsim.model.gis.layer import Layer, is_shape_file, read_layer
from armsim.model.gis.library import library

__all__ = [
    "BRITISH", "DEGREES", "Layer", "WrongCrs", "in_degrees", "is_shape_file", "library", "look_british",
    "look_swapped", "metric_crs", "read_layer", "settle_crs",
]  # fmt: skip
