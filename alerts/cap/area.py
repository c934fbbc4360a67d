"""Where a message of the Common Alerting Protocol holds: a circle around a station, a polygon around several."""

from math import cos, pi, radians, sin

from alerts.places import Place
from ingestion.stations.distance import KM_PER_DEGREE

Point = tuple[float, float]  # latitude and longitude in degrees

REACH = 5.0  # km; how far a station's air is taken to reach
CORNERS = 12  # of the ring around each station, from which a polygon is made


def shape(place: Place) -> tuple[str, str] | None:
    """The name of the element and its text; None where nobody knows where the stations are.

    Where a station lies that is not public could be reckoned back from the corners, so it makes none.
    """
    public = [station for station in place.stations if station.is_public]
    points = [(s.latitude, s.longitude) for s in public if s.latitude is not None and s.longitude is not None]
    if not points:
        return None
    if len(points) == 1:
        return "circle", f"{_written(points[0])} {REACH:.1f}"
    corners = hull([corner for point in points for corner in ring(point)])
    return "polygon", " ".join(_written(corner) for corner in [*corners, corners[0]])


def ring(center: Point) -> list[Point]:
    """Corners at REACH around a point."""
    latitude, longitude = center
    high = REACH / KM_PER_DEGREE
    wide = high / cos(radians(latitude))
    turns = [2 * pi * number / CORNERS for number in range(CORNERS)]
    return [(latitude + high * sin(turn), longitude + wide * cos(turn)) for turn in turns]


def hull(points: list[Point]) -> list[Point]:
    """The corners of the convex hull, in order around it (Andrew's monotone chain)."""
    ordered = sorted(set(points))
    return _half(ordered) + _half(ordered[::-1])


def _half(points: list[Point]) -> list[Point]:
    chain: list[Point] = []
    for point in points:
        while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
            chain.pop()
        chain.append(point)
    return chain[:-1]


def _turn(a: Point, b: Point, c: Point) -> float:
    """Above zero where the way from a over b to c turns to one side, below where to the other."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _written(point: Point) -> str:
    return f"{point[0]:.5f},{point[1]:.5f}"
