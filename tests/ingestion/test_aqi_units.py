"""Units: what is converted, and what is refused in a sentence."""

import numpy as np
import pytest

from ingestion.aqi import UnknownUnitError, canonical_unit, convert


@pytest.mark.parametrize(
    ("value", "source", "target", "pollutant", "wanted"),
    [
        (298.15, "K", "°C", None, 25.0),
        (25.0, "°C", "kelvin", None, 298.15),
        (76.0, "°F", "°C", None, 24.4444444),
        (100.0, "celsius", "F", None, 212.0),
        (-40.0, "F", "C", None, -40.0),
        (1.5, "mg/m3", "µg/m³", None, 1500.0),
        (1500.0, "ug/m^3", "mg/m³", None, 1.5),
        (3.0, "μg/m³", "µg/m³", None, 3.0),  # the Greek letter and the micro sign
        (1.0, "ppm", "ppb", None, 1000.0),
        (100.0, "ppb", "µg/m³", "no2", 188.16),
        (188.16, "µg/m³", "ppb", "no2", 100.0),
        (0.07, "ppm", "µg/m³", "o3", 137.42),
        (9.0, "ppm", "mg/m³", "co", 10.31),
        (75.0, "ppb", "µg/m³", "so2", 196.52),
        (3.3, "rpm", "rpm", None, 3.3),
    ],
)
def test_it_converts(value: float, source: str, target: str, pollutant: str | None, wanted: float) -> None:
    assert convert(value, source, target, pollutant) == pytest.approx(wanted, rel=2e-4)


@pytest.mark.parametrize("pollutant", ["no2", "so2", "o3", "co", "no", "nh3"])
@pytest.mark.parametrize("unit", ["ppb", "ppm", "ppt", "mg/m³"])
def test_there_and_back_is_the_same_number(pollutant: str, unit: str) -> None:
    values = np.array([0.0, 1.0, 123.4, np.nan])
    back = convert(convert(values, "µg/m³", unit, pollutant), unit, "µg/m³", pollutant)
    np.testing.assert_allclose(back, values, rtol=1e-12)


@pytest.mark.parametrize(
    ("source", "target", "pollutant", "words"),
    [
        ("furlong", "µg/m³", None, "The unit 'furlong' cannot be converted here. Known for this quantity: ng/m³"),
        ("rpm", "°C", None, "The unit 'rpm' cannot be converted here. Known for this quantity: °C, K, °F"),
        ("K", "µg/m³", None, "The unit 'µg/m³' cannot be converted here"),
        ("ppb", "µg/m³", "pm2_5", "'pm2_5' cannot be converted between mass and mixing ratio"),
        ("ppb", "µg/m³", None, "Give its values in µg/m³ or mg/m³"),
    ],
)
def test_it_refuses_with_a_sentence(source: str, target: str, pollutant: str | None, words: str) -> None:
    with pytest.raises(UnknownUnitError, match=words.replace("(", r"\(")):
        convert(1.0, source, target, pollutant)


@pytest.mark.parametrize(
    ("code", "unit", "wanted"),
    [
        ("o3", "ppm", "µg/m³"),
        ("pm2_5", "", "µg/m³"),
        ("soot", "mg/m3", "µg/m³"),
        ("inside", "K", "°C"),
        ("inside", "Kelvin", "°C"),
        ("inside", "degF", "°C"),
        ("co2", "PPM", "ppm"),
        ("speed", "rpm", "rpm"),
        ("torque", "Nm", "Nm"),
    ],
)
def test_it_knows_the_unit_in_which_a_value_is_stored(code: str, unit: str, wanted: str) -> None:
    assert canonical_unit(unit, code) == wanted
