"""The header on every answer, and styles that it lets through without allowing any that is inline."""

import pytest
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.test import Client, RequestFactory

from aqi_project.web.csp import content_security_policy, move_styles
from tests import factories as make

PATHS = (
    "/",
    "/admin/login/",
    "/api/docs",
    "/api/v1/stations",
    "/nothing/here/at/all",
    "/static/js/city.js",
    "/health/live",
)


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_every_answer_says_what_may_run(client: Client, path: str) -> None:
    policy = client.get(path).headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.django_db
def test_only_the_card_may_be_framed(client: Client) -> None:
    make.make_station()
    answer = client.get("/embed/lahore/")
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer.headers
    assert client.get("/").headers["X-Frame-Options"] == "DENY"


@pytest.mark.django_db
def test_each_answer_has_a_nonce_of_its_own(client: Client) -> None:
    first, second = (client.get("/subscribe/").headers["Content-Security-Policy"] for _ in range(2))
    assert first != second


@pytest.mark.parametrize(
    ("answer", "sent"),
    [
        (HttpResponse(b"\x89PNG", content_type="image/png"), b"\x89PNG"),
        (StreamingHttpResponse([b"<p>"], content_type="text/html"), b"<p>"),
    ],
)
def test_what_is_no_whole_page_passes_as_it_is(rf: RequestFactory, answer: HttpResponseBase, sent: bytes) -> None:
    assert content_security_policy(lambda request: answer)(rf.get("/")).getvalue() == sent


def test_a_style_becomes_a_rule_of_the_head() -> None:
    page = '<html><head></head><body><i class="x" style="left: 12%"></i><b style="left: 12%"></b></body></html>'
    assert move_styles(page, "N") == (
        '<html><head><style nonce="N">:is(#_,[data-style="left: 12%"]){left: 12%}</style></head>'
        '<body><i class="x" data-style="left: 12%"></i><b data-style="left: 12%"></b></body></html>'
    )


def test_a_style_that_is_shown_as_text_stays_text() -> None:
    page = '<head></head><code>&lt;iframe style="border:0"&gt;</code>'
    assert move_styles(page, "N") == page


@pytest.mark.parametrize("text", ["a{}</style><script>", "x}*{color:red", "&lt;/style&gt;&lt;script&gt;"])
def test_no_style_reaches_out_of_its_rule(text: str) -> None:
    page = move_styles(f'<head></head><i style="{text}"></i>', "N")
    assert "<script" not in page.partition("</head>")[0]
    assert "}*{" not in page.partition("</head>")[0]
