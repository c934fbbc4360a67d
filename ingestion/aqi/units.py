"""Units: gases between mass and mixing ratio, temperatures, and the refusal of what is not known."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

MOLAR_VOLUME: Final = 24.45  # litres per mole of an ideal gas at 25 °C and 1 atm, EPA's reference conditions
MOLAR_MASS: Final = {  # grams per mole
    "no2": 46.0055,
    "so2": 64.066,
    "o3": 47.998,
    "co": 28.010,
    "no": 30.006,
    "nh3": 17.031,
}
POLLUTANTS: Final = frozenset({"pm2_5", "pm10", *MOLAR_MASS})
MASS: Final = {"ng/m³": 1e-3, "µg/m³": 1.0, "mg/m³": 1e3, "g/m³": 1e6}  # in µg/m³
MIXING_RATIO: Final = {"ppt": 1e-3, "ppb": 1.0, "ppm": 1e3}  # in ppb
TEMPERATURE: Final = {"°C": (1.0, 0.0), "K": (1.0, -273.15), "°F": (5 / 9, -160 / 9)}  # factor, offset to °C
SPELLINGS: Final = {
    "c": "°C",
    "degc": "°C",
    "celsius": "°C",
    "°c": "°C",
    "k": "K",
    "kelvin": "K",
    "f": "°F",
    "degf": "°F",
    "fahrenheit": "°F",
    "°f": "°F",
}


class UnknownUnitError(ValueError):
    """A unit that cannot be converted into the one that is wanted; the message says what can be."""


def spelled(unit: str) -> str:
    """The unit as this project writes it: `ug/m3` → `µg/m³`, `kelvin` → `K`. Others as they stand."""
    plain = unit.strip().replace("\u03bc", "µ").replace("^3", "³").replace("m3", "m³").replace("ug/", "µg/")
    if plain.lower() in SPELLINGS:
        return SPELLINGS[plain.lower()]
    return plain.lower() if plain.lower() in MASS or plain.lower() in MIXING_RATIO else plain


def canonical_unit(unit: str, code: str) -> str:
    """The unit in which this project stores a variable that arrives in `unit`.

    µg/m³ for a pollutant and for any mass, °C for a temperature; any other stays itself: CO2 has no index, and
    everybody knows it in ppm.
    """
    name = spelled(unit)
    if code in POLLUTANTS or name in MASS:
        return "µg/m³"
    return "°C" if name in TEMPERATURE else name


def factor(source: str, target: str, pollutant: str | None = None) -> float:
    """What a concentration in `source` is multiplied by to be in `target`; gases at 25 °C and 1 atm."""
    source, target = spelled(source), spelled(target)
    if source == target:
        return 1.0
    for unit in (source, target):
        if unit not in MASS and unit not in MIXING_RATIO:
            raise UnknownUnitError(_refusal(unit, [*MASS, *MIXING_RATIO]))
    if (source in MASS) == (target in MASS):
        scale = MASS if source in MASS else MIXING_RATIO
        return scale[source] / scale[target]
    ppb_per_ug = MOLAR_VOLUME / _molar_mass(pollutant)
    if source in MASS:
        return MASS[source] * ppb_per_ug / MIXING_RATIO[target]
    return MIXING_RATIO[source] / ppb_per_ug / MASS[target]


def convert(values: ArrayLike, source: str, target: str, pollutant: str | None = None) -> NDArray[np.float64]:
    """Values of unit `source` in unit `target`, float64, shape kept, NaN kept.

    `pollutant` (`no2`, `o3` …) is needed between mass and mixing ratio only. Raises `UnknownUnitError`.
    """
    numbers = np.asarray(values, dtype=np.float64)
    source, target = spelled(source), spelled(target)
    if source == target:
        return numbers
    if source in TEMPERATURE or target in TEMPERATURE:
        return _temperature(numbers, source, target)
    return numbers * factor(source, target, pollutant)


def _temperature(values: NDArray[np.float64], source: str, target: str) -> NDArray[np.float64]:
    for unit in (source, target):
        if unit not in TEMPERATURE:
            raise UnknownUnitError(_refusal(unit, [*TEMPERATURE]))
    scale, offset = TEMPERATURE[source]
    target_scale, target_offset = TEMPERATURE[target]
    return (values * scale + offset - target_offset) / target_scale


def _molar_mass(pollutant: str | None) -> float:
    if pollutant not in MOLAR_MASS:
        raise UnknownUnitError(
            f"{pollutant!r} cannot be converted between mass and mixing ratio: it is none of the gases "
            f"{', '.join(MOLAR_MASS)}. Give its values in µg/m³ or mg/m³."
        )
    return MOLAR_MASS[pollutant]


def _refusal(unit: str, known: list[str]) -> str:
    return f"The unit {unit!r} cannot be converted here. Known for this quantity: {', '.join(known)}."
