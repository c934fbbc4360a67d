"""How far places on the earth lie apart."""

from math import cos, hypot, radians

KM_PER_DEGREE = 111.2  # of latitude


def distance_km(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> float:
    """Between two points in degrees. As on a plane, which is near enough where it is near."""
    east = (to_longitude - longitude + 180) % 360 - 180
    return KM_PER_DEGREE * hypot(to_latitude - latitude, east * cos(radians(latitude)))
