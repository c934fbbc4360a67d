"""What the API itself keeps: keys, and how many requests came."""

from aqi_project.api.counters import RequestCount  # noqa: F401
from aqi_project.api.keys import ApiKey  # noqa: F401
