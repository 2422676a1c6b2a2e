import pytest

from armsim.model.gis import WrongCrs, look_british, look_swapped, metric_crs, settle_crs

geopandas = pytest.importorskip("geopandas", reason="the extra geo is not installed")


def points(*places, crs=None):
    return geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(*zip(*places, strict=True)), crs=crs)


LEICESTER = ((-1.2, 52.6), (-1.0, 52.7))
ON_GRID = ((454_000, 300_000), (468_000, 311_000))


def test_what_the_file_says_is_taken():
    frame, notes = settle_crs(points(*LEICESTER, crs=4326), None)
    assert (frame.crs.to_epsg(), notes) == (4326, [])
    frame, notes = settle_crs(points(*LEICESTER, crs=4326), "EPSG:4326")
    assert (frame.crs.to_epsg(), notes) == (4326, [])


def test_what_the_user_says_is_taken_where_the_file_says_nothing():
    frame, notes = settle_crs(points(*ON_GRID), "EPSG:27700")
    assert (frame.crs.to_epsg(), notes) == (27700, [])


@pytest.mark.parametrize(
    ("frame", "given", "message"),
    [
        (points(*LEICESTER), None, "says no coordinate system; write crs: EPSG:4326"),
        (points(*ON_GRID), None, "says no coordinate system; write crs: EPSG:27700"),
        (points(*ON_GRID), "EPSG:4326", "are no degrees, as WGS 84 .EPSG:4326. has; is crs EPSG:27700 right"),
        (
            points(*LEICESTER, crs=27700),
            None,
            "look like degrees, but .*EPSG:27700.* is in metres; is crs EPSG:4326",
        ),
        (
            points(*LEICESTER, crs=4326),
            "EPSG:27700",
            "crs is EPSG:27700, but the file says WGS 84 .* take crs out",
        ),
        (points(*LEICESTER), "EPSG:2770O", "is no coordinate system; write a code such as"),
        (
            points((2_000_000, 9_000_000), crs=27700),
            None,
            "lie outside the area of OSGB36 / British National Grid",
        ),
        (points((-122.4, 37.7), crs=4277), None, "lie outside the area of OSGB36"),
    ],
)
def test_what_does_not_go_together_is_refused(frame, given, message):
    with pytest.raises(WrongCrs, match=message):
        settle_crs(frame, given)


def test_a_wrong_statement_of_the_file_can_be_overruled():
    """GeoJSON is in degrees by definition, whatever was written into it."""
    frame, notes = settle_crs(points(*ON_GRID, crs=4326), "EPSG:27700")
    assert frame.crs.to_epsg() == 27700
    assert notes[0].startswith("the file says WGS 84 (EPSG:4326), which its coordinates cannot be in")


@pytest.mark.parametrize(
    ("places", "code", "british"),
    [
        (ON_GRID, 3857, True), (ON_GRID, 32630, True), (ON_GRID, 27700, False), (LEICESTER, 4326, False),
        (((60_000, 80_000), (70_000, 90_000)), 29903, False),  # the west of Ireland, on its own grid
    ],
)  # fmt: skip
def test_metres_of_the_british_grid_are_noticed(places, code, british):
    assert look_british(points(*places, crs=code)) is british


def test_swapped_degrees_are_noticed():
    assert look_swapped((52.0, -1.2, 52.5, -1.0))
    assert not look_swapped((-1.2, 52.0, -1.0, 52.5))
    assert not look_swapped((4.0, 52.0, 5.0, 52.5))


@pytest.mark.parametrize(
    ("bounds", "code"),
    [
        ((-1.2, 52.6, -1.0, 52.7), "EPSG:27700"),
        ((-6.4, 49.9, -5.2, 50.6), "EPSG:27700"),  # Scilly and Cornwall
        ((-8.0, 54.0, -6.5, 55.0), "EPSG:32629"),  # Northern Ireland
        ((-122.5, 37.7, -122.3, 37.8), "EPSG:32610"),
        ((174.6, -37.0, 174.9, -36.7), "EPSG:32760"),
        ((4.0, 52.0, 5.0, 52.5), "EPSG:32631"),
    ],
)
def test_where_distances_are_measured(bounds, code):
    assert metric_crs(bounds)[0] == code
    assert code in metric_crs(bounds)[1]
