"""What channels over HTTP share: a time for the whole call, and which answers are worth another try."""

import asyncio
import ssl
from contextlib import suppress
from functools import cache
from typing import Any

import httpx
from django.conf import settings

from alerts.channels.base import ChannelError

TRY_AGAIN = {408, 409, 425, 429}  # of the 4xx; every 5xx as well
REFUSES_US = {401, 403}  # where we sign in, and not the message: once the settings are mended it goes out
EXCERPT = 200  # characters of an answer that are kept with a failure
MOST_READ = 65_536  # bytes of an answer
UNPACKED = {"Accept-Encoding": "identity"}  # or a few bytes could unpack to gigabytes


@cache
def _certificates() -> ssl.SSLContext:
    """Read once a process: that takes longer than most calls. A connection a call, because servers hang up."""
    return httpx.create_ssl_context()


def post(url: str, auth: tuple[str, str] | None = None, **request: Any) -> bytes:
    """POST without following redirects; the start of what was answered. Raises ChannelError for all but 2xx."""
    try:
        status, body = asyncio.run(_post(url, auth, **request))
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise ChannelError(f"The address is wrong: {error}", permanent=True) from error
    except TimeoutError as error:
        raise ChannelError("The server took too long.", permanent=False) from error
    except httpx.HTTPError as error:
        raise ChannelError(f"The server cannot be reached: {error}", permanent=False) from error
    if httpx.codes.is_success(status):
        return body
    said = body.decode(errors="replace")[:EXCERPT]
    raise ChannelError(f"Answer {status}: {said}", permanent=is_permanent(status, signed_in=auth is not None))


def is_permanent(status: int, *, signed_in: bool) -> bool:
    """Whether the same again would be answered in the same way. `signed_in`: with what we may be refused ourselves."""
    passing = TRY_AGAIN | REFUSES_US if signed_in else TRY_AGAIN
    return status < httpx.codes.INTERNAL_SERVER_ERROR and status not in passing


async def _post(url: str, auth: tuple[str, str] | None, **request: Any) -> tuple[int, bytes]:
    """Status and body. The status is the answer: what follows is read as far as it comes, in as much time again."""
    limit: float = settings.EMAIL_TIMEOUT
    async with httpx.AsyncClient(verify=_certificates(), timeout=limit, headers=UNPACKED) as client:
        body = bytearray()
        async with asyncio.timeout(limit):
            made = client.build_request("POST", url, **request)
            answer = await client.send(made, auth=auth, stream=True, follow_redirects=False)
        with suppress(TimeoutError, httpx.HTTPError):
            async with asyncio.timeout(limit):
                async for part in answer.aiter_raw():
                    body += part
                    if len(body) > MOST_READ:
                        break
        await answer.aclose()
        return answer.status_code, bytes(body[:MOST_READ])
