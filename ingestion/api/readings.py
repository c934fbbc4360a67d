"""Reading documents for the API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aqi_project import clock
from aqi_project.mongo import collection
from ingestion.aqi import standard
from ingestion.aqi.standard import DEFAULT
from ingestion.models import Reading, Variable

Document = dict[str, Any]


def newest(slug: str) -> Document | None:
    """A station's newest reading."""
    return collection(Reading).find_one({"station": slug}, sort=[("at", -1)])


def span(slug: str, wanted: Mapping[str, Any]) -> Document:
    """The query for a station's readings with start ≤ at < end, where these are given."""
    limits = {"start": "$gte", "end": "$lt"}
    at = {operator: clock.naive(wanted[name]) for name, operator in limits.items() if name in wanted}
    return {"station": slug, "at": at} if at else {"station": slug}


def units_of(codes: Iterable[str]) -> dict[str, str]:
    """Unit of each variable; empty where nobody has described it."""
    wanted = sorted(codes)
    known = dict(Variable.objects.filter(code__in=wanted).values_list("code", "unit"))
    return {code: known.get(code, "") for code in wanted}


def describe_index(reading: Document) -> Document | None:
    """The reading's index in words: standard, category, colour."""
    index = reading["aqi"]
    if index is None:
        return None
    edition = standard(DEFAULT).latest
    category = [one for one in edition.categories if one.index_from <= index][-1]
    names = {"category": category.code, "category_name": category.name_en, "colour": category.colour}
    return {"standard": DEFAULT, "index": index, **names, "dominant": reading["dominant"]}
