"""Travel: mean minutes between places of three kinds, where a unit under way is, and the luck of a trip."""

from armsim.model.travel.base import TravelModel
from armsim.model.travel.crow_fly import CrowFly
from armsim.model.travel.law import SquareRootLaw
from armsim.model.travel.leg import Anchor, Leg, Place
from armsim.model.travel.matrix import Matrix
from armsim.model.travel.matrix_file import read_matrix
from armsim.model.travel.noise import NoiseSpread, SpeedProfile
from armsim.model.travel.projection import Projection, fitted_projection, local_projection
from armsim.model.travel.road_tables import RoadTables, read_road_tables
from armsim.model.travel.roads import RoadNetwork

__all__ = [
    "Anchor",
    "CrowFly",
    "Leg",
    "Matrix",
    "NoiseSpread",
    "Place",
    "Projection",
    "RoadNetwork",
    "RoadTables",
    "SpeedProfile",
    "SquareRootLaw",
    "TravelModel",
    "fitted_projection",
    "local_projection",
    "read_matrix",
    "read_road_tables",
]
