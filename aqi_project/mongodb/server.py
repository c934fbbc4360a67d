"""The MongoDB that MONGODB_URI names: can it be reached, and is it one that this project can live on?"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from pymongo import MongoClient
from pymongo.errors import InvalidURI, OperationFailure, PyMongoError, ServerSelectionTimeoutError

from aqi_project.errors import ConfigurationError

MALFORMED_HINT = "It looks like mongodb://host:27017/; special characters in a name or password are written as %40."
UNAUTHORIZED = {13, 18}  # MongoDB's codes: may not do that, and wrong name or password
RIGHTS = "MONGODB_URI wants the name and password of an account with the roles readWrite and dbAdmin on the database."


def refuse_unreachable(uri: str, limit: timedelta) -> None:
    """Raises ConfigurationError where no server that takes writes answers within `limit`."""
    milliseconds = int(limit.total_seconds() * 1000)
    try:
        client: MongoClient[Any] = MongoClient(
            uri, serverSelectionTimeoutMS=milliseconds, connectTimeoutMS=milliseconds
        )
        with client:
            client.admin.command("ping")
    except (InvalidURI, ValueError) as error:
        raise ConfigurationError(refusal(error)) from None
    except PyMongoError as error:
        raise ConfigurationError(f"MONGODB_URI cannot be used: {_reason(error)}.") from None


def refusal(error: BaseException) -> str:
    """Why no server serves us, in one sentence, which holds no password."""
    cause = error.__cause__ or error
    if isinstance(cause, InvalidURI) or not isinstance(cause, PyMongoError):  # what these say may quote the password
        return f"MONGODB_URI is malformed. {MALFORMED_HINT}"
    return f"The database does not answer: {_reason(cause)}."


def unanswered(error: BaseException) -> str:
    """What to do where an error means that no server answers, or none answers us; empty for any other error."""
    cause = error if isinstance(error, PyMongoError) else error.__cause__
    if isinstance(cause, OperationFailure) and cause.code in UNAUTHORIZED:
        return f"The database refuses: {_reason(cause)}. {RIGHTS}"
    if not isinstance(cause, ServerSelectionTimeoutError):
        return ""
    return f"No database answers: {_reason(cause)}. make run starts the embedded one; MONGODB_URI names another."


def _reason(error: PyMongoError) -> str:
    """The first sentence of what pymongo says: the rest is its view of the whole cluster."""
    text = str(error).splitlines()[0] if str(error) else type(error).__name__
    for end in (" (configured timeouts", ", Timeout: ", ", full error: ", " to execute command"):
        text = text.partition(end)[0]
    return text.rstrip(". ")


def has_change_streams(hello: Mapping[str, Any]) -> bool:
    """Whether a server that answers so to `hello` is a member of a replica set, or the router of a sharded cluster."""
    return "setName" in hello or hello.get("msg") == "isdbgrid"
