"""What a stored model was made with, and whether it can be opened by what is here now."""

from importlib.metadata import version

LIBRARIES = ("numpy", "pandas", "prophet", "scikit-learn", "scipy")
FORMAT, FORECASTS = "format of detectors", "format of forecasts"  # change where an older one would not be understood


def made_with() -> dict[str, str]:
    """The versions of all that a fit depends on, by name."""
    from detection.detectors import base  # brings pandas, which the web process does without
    from detection.forecasting import forecaster

    formats = {FORMAT: str(base.FORMAT), FORECASTS: str(forecaster.FORMAT)}
    return {name: version(name) for name in LIBRARIES} | formats


def cannot_open(saved: dict[str, str]) -> str:
    """Why what was saved with these cannot be opened here, as half a sentence; empty where it can."""
    from detection.detectors import base

    here = made_with()
    for name in (*base.LIBRARIES, FORMAT, FORECASTS):
        was = saved.get(name, "1")
        if was != here[name]:
            return f"was saved with {name} {was}, here is {here[name]}"
    return ""
