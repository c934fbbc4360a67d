"""Words, colours, shapes, advice and WHO multiples."""

import itertools

import numpy as np
import pytest

from ingestion.aqi import advice, category, groups, guidelines, ink, levels, ranges, standard, standards
from ingestion.aqi.categories import luminance

CATEGORIES = [(code, name) for code, s in standards().items() for name in s.latest.categories]
LEAST_CONTRAST = 4.5  # WCAG 2 AA for text

# Linear RGB as seen with each of the two common colour-vision deficiencies (Machado, Oliveira, Fernandes 2009).
PROTANOPIA = [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
DEUTERANOPIA = [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]


def is_urdu(text: str) -> bool:
    return any("\u0600" <= letter <= "\u06ff" for letter in text)


def linear(colour: str) -> np.ndarray:
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize(("code", "item"), CATEGORIES, ids=lambda value: getattr(value, "code", value))
def test_each_category_has_words_a_colour_and_a_level(code: str, item) -> None:
    assert item.name_en.isascii()
    assert is_urdu(item.name_ur)
    assert linear(item.colour).shape == (3,)
    assert item.level in levels()
    assert category(code, item.code) == item


@pytest.mark.parametrize("code", list(standards()))
def test_levels_rise_with_the_index(code: str) -> None:
    found = [c.level for c in standard(code).latest.categories]
    assert found == sorted(set(found))
    assert found[0] == 1


@pytest.mark.parametrize(("code", "item"), CATEGORIES, ids=lambda value: getattr(value, "code", value))
def test_the_ink_can_be_read_on_the_colour(code: str, item) -> None:
    for colour in (item.colour, levels()[item.level].vision_colour):
        light, dark = sorted((luminance(colour), luminance(ink(colour))), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= LEAST_CONTRAST


def test_the_colours_of_epa_are_epas() -> None:
    colours = [c.colour for c in standard("us_epa").latest.categories]
    assert colours == ["#00e400", "#ffff00", "#ff7e00", "#ff0000", "#8f3f97", "#7e0023"]


def test_shapes_and_glyphs_are_all_different() -> None:
    assert len({level.shape for level in levels().values()}) == 6
    assert len({level.glyph for level in levels().values()}) == 6


@pytest.mark.parametrize("sight", [np.eye(3), PROTANOPIA, DEUTERANOPIA], ids=["full", "protanopia", "deuteranopia"])
def test_the_vision_colours_get_darker_from_level_to_level_for_every_eye(sight) -> None:
    seen = [np.clip(np.asarray(sight) @ linear(level.vision_colour), 0, 1) for level in levels().values()]
    lightness = [float(rgb @ [0.2126, 0.7152, 0.0722]) for rgb in seen]
    for brighter, darker in itertools.pairwise(lightness):
        assert (brighter + 0.05) / (darker + 0.05) > 1.15


def test_there_is_advice_for_each_level_and_group_in_both_languages() -> None:
    assert list(groups()) == ["everyone", "children", "older", "patients", "workers"]
    for level, group in itertools.product(levels(), groups()):
        found = advice(level, group)
        assert 10 < len(found.en) <= 100
        assert is_urdu(found.ur)
        assert len(found.ur) <= 100


def test_the_advice_gets_a_different_wording_at_each_level() -> None:
    for group in groups():
        assert len({advice(level, group).en for level in levels()}) == 6
        assert len({advice(level, group).ur for level in levels()}) == 6


def test_unknown_names_are_answered_with_those_that_exist() -> None:
    with pytest.raises(ValueError, match="groups everyone, children"):
        advice(3, "cats")
    with pytest.raises(ValueError, match=r"us_epa has no category 'purple'\. It has good, moderate"):
        category("us_epa", "purple")


def test_a_legend_has_each_category_from_first_to_last_index() -> None:
    spans = [(c.code, first, last) for c, first, last in ranges(standard("us_epa").latest)]
    assert spans[0] == ("good", 0, 50)
    assert spans[-1] == ("hazardous", 301, None)
    assert [(first, last) for _, first, last in ranges(standard("uk_daqi").latest)] == [
        (1, 3),
        (4, 6),
        (7, 9),
        (10, 10),
    ]


def test_the_who_guideline_of_a_day_and_of_a_year() -> None:
    assert [guidelines()[p, "24h"].level for p in ("pm2_5", "pm10", "no2", "so2", "co")] == [15, 45, 25, 40, 4000]
    assert guidelines()["pm2_5", "year"].level == 5
