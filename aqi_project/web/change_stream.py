"""What is written to a collection, as it is written: a MongoDB change stream, opened again as often as it breaks.

No channel layer: every web process watches for itself, so any writer on any machine reaches every browser.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Model
from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure, PyMongoError

logger = logging.getLogger(__name__)
BETWEEN_TRIES = 1.0  # seconds until a broken stream is opened again
PLACE_LOST = {136, 260, 280, 286}  # CappedPositionLost, InvalidResumeToken, ChangeStreamFatalError, …HistoryLost
WRITES = ["insert", "update", "replace"]


async def written(model: type[Model], field: str, opened: asyncio.Event, **only: Any) -> AsyncIterator[str | None]:
    """The value of `field` in each document that is written and has the values of `only`; it never ends by itself.

    None after a break in which some may have been missed. `opened` is set once whatever is written
    later will be told.
    """
    place, missed = None, False
    while True:
        try:
            async for value, reached in _stream(model, field, only, place):
                place = reached
                opened.set()
                if value is not None or missed:
                    yield value
                missed = False
        except OperationFailure as error:
            logger.warning("The change stream of %s was refused and is opened again: %s", model._meta.db_table, error)
            if error.code in PLACE_LOST:
                place, missed = None, True
        except PyMongoError as error:
            logger.warning("The change stream of %s broke and is opened again: %s", model._meta.db_table, error)
        except Exception:  # such as a document that cannot be read: it is left behind, and the feed goes on
            logger.exception("The change stream of %s cannot be read and is opened anew", model._meta.db_table)
            place, missed = None, True
        await asyncio.sleep(BETWEEN_TRIES)


async def _stream(
    model: type[Model], field: str, only: dict[str, Any], place: Any
) -> AsyncIterator[tuple[str | None, Any]]:
    """(value, place in the stream), from a place on or from now; with None for a value as soon as it is open."""
    wanted = {"operationType": {"$in": WRITES}} | {f"fullDocument.{name}": value for name, value in only.items()}
    steps = [{"$match": wanted}, {"$project": {f"fullDocument.{field}": 1}}]
    async with AsyncMongoClient(settings.MONGODB_URI) as client:
        rows = client[str(connection.settings_dict["NAME"])][model._meta.db_table]
        async with await rows.watch(steps, full_document="updateLookup", resume_after=place) as stream:
            yield None, stream.resume_token
            async for change in stream:
                document = change.get("fullDocument") or {}  # None where it has been deleted since
                if field in document:
                    yield document[field], stream.resume_token
