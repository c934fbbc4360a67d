"""Whom each address of the site is for."""

from collections.abc import Iterator
from dataclasses import dataclass

from aqi_project.api.keys import INGEST, MANAGE, PREDICT, READ_PRIVATE, SCOPES

STRANGER, VISITOR, OFFICER, STAFF, ROOT = "stranger", "visitor", "officer", "staff", "root"
FOR_KEYS = ("api/v1/", "predict", "model/")  # elsewhere a key is nothing, and one of them is tried for all
ACCOUNTS = {STRANGER, VISITOR, OFFICER, STAFF, ROOT}
EVERYBODY = ACCOUNTS | set(SCOPES)
ADMINS, OFFICERS, NOBODY = {STAFF, ROOT}, {OFFICER, ROOT}, set[str]()
READERS, MANAGERS = ADMINS | {READ_PRIVATE}, ADMINS | {MANAGE}


@dataclass(frozen=True)
class Gate:
    """Who may, and who may where a station is not public. Links with a token are for whoever has the link."""

    who: set[str]
    where_private: set[str]
    method: str
    addresses: tuple[str, ...]


OF_STATION = "<slug:city>/<slug:station>/"
API_STATION, API_MODEL = "api/v1/stations/<slug:slug>", "api/v1/models/<slug:slug>/<slug:variable>"
API_ALERT, API_ANOMALY = "api/v1/alerts/<str:identifier>", "api/v1/anomalies/<str:identifier>"
TAKE_ON = "alerts/<str:identifier>/acknowledge/<str:token>"
TO_ROW = "admin/r/<path:content_type_id>/<path:object_id>/"  # which is not there
APP_INDEX = "admin/^(?P<app_label>django_q|aqi_project|auth|ingestion|detection|alerts)/$"
GATES = [
    Gate(EVERYBODY, EVERYBODY, "get", (
        "", "favicon.ico", "health/live", "health/ready", "metrics", "manifest.webmanifest", "status/", "worker.js",
        "<slug:city>/", "<slug:city>/compare/", "<slug:city>/compare.csv",
        "admin/login/", "admin/logout/", "inbox/login", "inbox/logout",
        "alerts/cap.atom", "kiosk/", "subscribe/", "subscribe/asked", "subscribe/confirm/<str:token>",
        "subscribe/manage/<str:token>", "subscribe/stop/<str:token>", TAKE_ON,
        "api/schema", "api/docs", "api/v1/stations", "api/v1/cities", "api/v1/variables",
        "api/v1/models", "model/info", "api/v1/anomalies", "api/v1/alerts", "api/v1/subscriptions/<str:token>",
    )),
    Gate(EVERYBODY, EVERYBODY, "post", (
        "subscribe/code", "api/v1/subscriptions", "api/v1/subscriptions/confirm", "alerts/receipts/sms/<str:token>",
    )),
    Gate(EVERYBODY, NOBODY, "get", (
        *(OF_STATION + page for page in (
            "", "now.json", "chart.json", "chart.csv", "chart.html", "unusual/", "unusual.csv", "unusual.rss",
            "unusual/<str:event>/", "unusual/<str:event>/chart.csv", "history/", "history.csv", "explore/",
            "explore.csv", "model/", "model.csv", "model/detectors/", "text/", "picture.png", "data/",
        )),
        "embed/<slug:slug>/", "kiosk/<slug:slug>/", "api/v1/stations/<slug:slug>/badge.svg",
        "alerts/<str:identifier>.cap.xml",
    )),
    Gate(EVERYBODY, READERS, "get", (
        API_STATION, *(f"{API_STATION}/{part}" for part in ("readings", "latest", "quality", "aqi", "forecast")),
        API_MODEL, *(f"{API_MODEL}/{part}" for part in ("versions", "runs", "drift", "scores")), API_ANOMALY,
    )),
    Gate(EVERYBODY, MANAGERS, "get", (API_ALERT,)),
    Gate(ACCOUNTS | {PREDICT}, ADMINS, "post", ("api/v1/predict", "predict")),
    Gate(ACCOUNTS | {PREDICT}, ACCOUNTS | {PREDICT}, "post", ("api/v1/predict/batch", "predict/batch")),
    Gate(ADMINS | {INGEST}, NOBODY, "post", ("api/v1/readings",)),
    Gate(MANAGERS, ADMINS, "post", (f"{API_MODEL}/promote", f"{API_MODEL}/rollback", f"{API_ANOMALY}/review")),
    Gate(MANAGERS, MANAGERS, "post", (f"{API_ALERT}/acknowledge",)),
    Gate(OFFICERS, OFFICERS, "get", (
        "inbox/", "inbox/list", "inbox/log", "inbox/log.csv", "reviews/",
    )),
    Gate(OFFICERS, OFFICERS, "post", (
        "inbox/read", "inbox/<str:reference>/read", *(f"inbox/alerts/<str:identifier>/{act}" for act in (
            "acknowledge", "comment", "silence",
        )),
    )),
    Gate(ADMINS, ADMINS, "get", ("admin/", "admin/jsi18n/", "admin/password_change/", "admin/password_change/done/")),
    Gate({ROOT}, {ROOT}, "get", ("admin/auth/user/<id>/password/", APP_INDEX)),
    Gate({ROOT}, {ROOT}, "post", ("admin/alerts/rule/rehearse/", "admin/alerts/rule/rehearse-series/")),
    Gate(NOBODY, NOBODY, "get", ("^api/", "admin/(?P<url>.*)$", "admin/autocomplete/", TO_ROW)),
    Gate(NOBODY, NOBODY, "post", ("alerts/receipts/twilio/<str:reference>",)),  # without Twilio's signature
]  # fmt: skip

# What the superuser may do with rows of each kind in the admin, beside looking; staff without a permission do nothing.
ROWS = {
    "add change delete": (
        "alerts/contact", "alerts/rule", "alerts/silence", "aqi_project/apikey", "auth/group", "auth/user",
        "django_q/schedule", "ingestion/city", "ingestion/station", "ingestion/variable",
    ),
    "add change": ("detection/series",),
    "change delete": ("detection/anomaly", "django_q/failure", "django_q/success"),
    "delete": ("detection/modelversion", "ingestion/reading", "ingestion/rejecteditem"),
    "": (  # evidence
        "alerts/alert", "alerts/delivery", "alerts/message", "detection/driftreport", "detection/forecast",
        "detection/monthlyrecord", "detection/prediction", "detection/promotion", "detection/trainingrun",
    ),
}  # fmt: skip


def gates_of_rows(kind: str, allowed: str) -> Iterator[tuple[str, Gate]]:
    """The pages of one kind of row. Of a row that is not there, the admin sends staff elsewhere."""
    one = f"admin/{kind}/<path:object_id>/"
    for who, method, page in (
        ({ROOT}, "get", f"admin/{kind}/"),
        ({ROOT} if "add" in allowed else NOBODY, "get", f"admin/{kind}/add/"),
        ({ROOT} if "change" in allowed else NOBODY, "post", f"{one}change/"),
        ({ROOT} if "delete" in allowed else NOBODY, "get", f"{one}delete/"),
        (ADMINS, "get", f"{one}history/"),
        (ADMINS, "get", one),
    ):
        yield page, Gate(who, who, method, (page,))


KNOWN = {address: gate for gate in GATES for address in gate.addresses}
for allowed, kinds in ROWS.items():
    for kind in kinds:
        KNOWN |= dict(gates_of_rows(kind, allowed))


def callers_of(address: str) -> set[str]:
    """Who tries it."""
    return ACCOUNTS | (set(SCOPES) if address.startswith(FOR_KEYS) else {MANAGE})
