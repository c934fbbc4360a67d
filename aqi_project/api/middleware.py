"""The public read side: any web page may read it, caches may keep it, and what has not changed is not sent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers

PREFIX = "/api/"
READ = ("GET", "HEAD", "OPTIONS")
FRESH = 10  # seconds that a cache may keep an answer
PREFLIGHT_FRESH = 86_400  # seconds
PERSONAL = "no-store"  # what a view says of an answer whose address alone is the key to it
NAMES_CALLER = ("HTTP_AUTHORIZATION", "HTTP_X_API_KEY", "HTTP_COOKIE")


def public_read(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: CORS, Cache-Control and ETag for reads below /api/."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.method in READ and request.path.startswith(PREFIX):
            _allow_origins(request, response)
            if request.method != "OPTIONS" and response.status_code == 200:
                return _cacheable(request, response)
        return response

    return respond


def _allow_origins(request: HttpRequest, response: HttpResponse) -> None:
    response["Access-Control-Allow-Origin"] = "*"  # without credentials: browsers send no cookies along
    response["Access-Control-Expose-Headers"] = "Retry-After"
    if request.method == "OPTIONS":
        response["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        response["Access-Control-Allow-Headers"] = "Authorization, X-API-Key, Accept-Language"
        response["Access-Control-Max-Age"] = str(PREFLIGHT_FRESH)


def _cacheable(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if PERSONAL in response.get("Cache-Control", ""):
        return response
    if any(request.META.get(name) for name in NAMES_CALLER):
        patch_cache_control(response, private=True, no_cache=True)
    else:
        patch_cache_control(response, public=True, max_age=FRESH)
    patch_vary_headers(response, ("Authorization", "X-API-Key", "Cookie", "Accept-Language"))
    if response.streaming:
        return response
    etag = f'"{hashlib.blake2b(response.content, digest_size=12).hexdigest()}"'
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response
