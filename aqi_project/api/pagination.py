"""Pages of a collection that stay whole while documents arrive: the next page starts behind the last document."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId, json_util
from django.db import models
from pymongo.collation import Collation
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from aqi_project.api import ApiError
from aqi_project.mongo import collection

PAGE = 100
LARGEST_PAGE = 1_000
LARGEST_NUMBER = 2**31 - 1  # of what a list is ordered by; MongoDB knows none above 2**63
BY_NUMBER = Collation("en", numericOrdering=True)
Document = dict[str, Any]


class PageSerializer(serializers.Serializer[Any]):
    """Parameters of each list."""

    limit = serializers.IntegerField(
        required=False, default=PAGE, min_value=1, max_value=LARGEST_PAGE, help_text="Results on one page."
    )
    cursor = serializers.CharField(required=False, help_text="Where the page starts; take it from `next`.")


@dataclass(frozen=True)
class Order:
    """The order of a list: fields that together are unique, as an index has them. -1: highest first.

    `unread`: large fields that no list shows. `rising`: one of the fields, a text that begins with a number, is sorted
    lowest number first: 7-24 before 25-48. No index sorts like that, so this is for short lists.
    """

    names: tuple[str, ...]
    direction: int
    unread: tuple[str, ...] = ()
    rising: str = ""

    def answer(
        self,
        request: Request,
        model: type[models.Model],
        query: Mapping[str, Any],
        wanted: Mapping[str, Any],
        shape: type[serializers.Serializer[Any]],
    ) -> Response:
        """One page as every list of the API answers it."""
        found, following = self.page(request, model, query, wanted)
        return Response({"next": following, "results": shape(found, many=True).data})

    def page(
        self, request: Request, model: type[models.Model], query: Mapping[str, Any], wanted: Mapping[str, Any]
    ) -> tuple[list[Document], str | None]:
        """One page of documents, and the URL of the next one. `wanted` holds the checked `limit` and `cursor`."""
        behind = self._behind(_decode(wanted["cursor"], len(self.names))) if "cursor" in wanted else {}
        found = collection(model).find({"$and": [query, behind]}, dict.fromkeys(self.unread, 0) or None)
        ordered = found.sort([(name, self._towards(name)) for name in self.names])
        if self.rising:
            ordered = ordered.collation(BY_NUMBER)
        documents = list(ordered.limit(wanted["limit"] + 1))
        page = documents[: wanted["limit"]]
        return page, self._url(request, page[-1]) if len(documents) > len(page) else None

    def _towards(self, name: str) -> int:
        return 1 if name == self.rising else self.direction

    def _behind(self, place: list[Any]) -> dict[str, Any]:
        names = self.names
        beyond = {
            name: {"$gt" if self._towards(name) > 0 else "$lt": value} for name, value in zip(names, place, strict=True)
        }
        return {
            "$or": [
                {**dict(zip(names[:count], place, strict=False)), names[count]: beyond[names[count]]}
                for count in range(len(names))
            ]
        }

    def _url(self, request: Request, last: Document) -> str:
        return replace_query_param(request.build_absolute_uri(), "cursor", _encode(last[name] for name in self.names))


def _encode(place: Iterable[Any]) -> str:
    return base64.urlsafe_b64encode(json_util.dumps(list(place)).encode()).decode().rstrip("=")


def _decode(cursor: str, length: int) -> list[Any]:
    try:
        place = json_util.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError, binascii.Error):
        place = None
    if not isinstance(place, list) or len(place) != length or not all(map(_is_key, place)):
        raise ApiError(400, "invalid", "This cursor is none of ours. Take it from the 'next' of a page.", "cursor")
    return place


def _is_key(value: Any) -> bool:
    if isinstance(value, str):
        return not any("\ud800" <= letter <= "\udfff" for letter in value)  # half of a character is no text
    if isinstance(value, int):
        return 0 <= value <= LARGEST_NUMBER
    return isinstance(value, datetime | ObjectId)
