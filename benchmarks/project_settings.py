"""The project's settings, with one address more: an empty view to compare with."""

from aqi_project.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.project_urls"
