"""Air quality indices as data: standards, averages, categories, advice, units. Needs numpy alone, no pandas."""

from ingestion.aqi.averages import aqi_of, averages, averages_at, nowcast
from ingestion.aqi.categories import advice, category, groups, ink, levels, ranges
from ingestion.aqi.index import aqi
from ingestion.aqi.result import AqiResult, Single
from ingestion.aqi.standard import DEFAULT, Category, Edition, Standard, standard, standards
from ingestion.aqi.units import UnknownUnitError, canonical_unit, convert
from ingestion.aqi.who_guidelines import guidelines

__all__ = [
    "DEFAULT",
    "AqiResult",
    "Category",
    "Edition",
    "Single",
    "Standard",
    "UnknownUnitError",
    "advice",
    "aqi",
    "aqi_of",
    "averages",
    "averages_at",
    "canonical_unit",
    "category",
    "convert",
    "groups",
    "guidelines",
    "ink",
    "levels",
    "nowcast",
    "ranges",
    "standard",
    "standards",
]
