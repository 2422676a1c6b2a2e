"""True outlines on maps: parts, islands and holes come out of the frame as they went in."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from armsim.report import chart_map
from armsim.report.outlines import ground, has_outlines, wound

shapely = pytest.importorskip("shapely", reason="the extra geo is not installed")


def with_outlines(zones, shapes):
    return zones.iloc[: len(shapes)].assign(outline=[shapely.to_wkb(shape, byte_order=1) for shape in shapes])


@pytest.fixture
def shapes():
    island = shapely.MultiPolygon([shapely.box(0, 0, 2, 2), shapely.box(3, 0, 4, 1)])
    ring = shapely.box(10, 0, 14, 4).difference(shapely.box(11, 1, 13, 3))
    return [island, ring, shapely.box(11, 1, 13, 3)]


def test_parts_and_holes_survive(made, shapes):
    zones = with_outlines(made.zones(5), shapes)
    assert has_outlines(zones)
    again = [
        shapely.union_all([shapely.Polygon(part[0], part[1:]) for part in parts]) for parts in ground(zones)
    ]
    assert [shapely.equals(one, other) for one, other in zip(again, shapes, strict=True)] == [True] * 3
    assert [[len(part) for part in parts] for parts in ground(zones)] == [[1, 1], [2], [1]]


def test_rings_are_wound_as_asked(made, shapes):
    ring = ground(with_outlines(made.zones(5), shapes))[1][0]
    for anticlockwise in (True, False):
        outer, hole = (shapely.is_ccw(shapely.LinearRing(one)) for one in wound(ring, anticlockwise))
        assert (bool(outer), bool(hole)) == (anticlockwise, not anticlockwise)


def test_zones_without_outlines_are_cells(made):
    zones = made.zones(20)
    assert not has_outlines(zones)
    assert [[len(part) for part in parts] for parts in ground(zones)] == [[1]] * 20


def test_what_is_no_polygon_is_refused(made):
    zones = with_outlines(made.zones(5), [shapely.Point(0, 0)])
    with pytest.raises(ValueError, match="not of geometries of type 1"):
        ground(zones)


def pixel(figure, x, y):
    """Colour that is drawn at a place of the first map."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    across, up = figure.axes[0].transData.transform((x, y))
    picture = np.asarray(canvas.buffer_rgba())
    return tuple(picture[len(picture) - round(up), round(across)] / 255)


def test_a_hole_is_not_painted_over(made, shapes):
    """The zone inside the ring shows its own colour, whichever of the two is drawn last."""
    zones = with_outlines(made.zones(5), shapes)
    minutes = {made.SEVERE: np.array([5.0, 30.0, 5.0])}
    for order in ([0, 1, 2], [2, 1, 0]):
        chart = chart_map.draw(
            zones.iloc[order].reset_index(drop=True), {made.SEVERE: minutes[made.SEVERE][order]},
            made.BASES.iloc[:0], made.CONTEXT,
        )  # fmt: skip
        colours = chart.figure.axes[0].collections[0].get_facecolors()
        inner, outer = (tuple(colours[order.index(zone)]) for zone in (2, 1))
        assert inner != outer
        assert pixel(chart.figure, 12.0, 2.0) == pytest.approx(inner, abs=0.01)
        assert pixel(chart.figure, 10.5, 2.0) == pytest.approx(outer, abs=0.01)
        printed = " ".join(text.get_text() for text in chart.figure.texts)
        assert "Outlines of zones" in printed
        assert "not boundaries" not in printed
