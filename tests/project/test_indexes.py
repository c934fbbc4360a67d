"""What our own layer over the database backend is for."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin import site
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.functions import Lower, Substr
from django.test import RequestFactory

from alerts import inbox
from alerts.models import Alert, Delivery
from aqi_project import clock
from aqi_project.mongo import collection
from aqi_project.mongodb.base import DatabaseWrapper
from detection.models import Forecast
from ingestion.models import Reading, Station


@pytest.mark.django_db
def test_a_look_up_by_slug_reads_the_index() -> None:
    plan = collection(Station).find({"slug": "lahore"}).explain()["queryPlanner"]["winningPlan"]
    assert "IXSCAN" in str(plan)


@pytest.mark.django_db
def test_a_look_up_of_a_reading_reads_the_index() -> None:
    plan = collection(Reading).find({"station": "lahore"}).sort("at", -1).explain()["queryPlanner"]["winningPlan"]
    assert "IXSCAN" in str(plan)
    assert "'stage': 'SORT'" not in str(plan)


def newest(station: str) -> QuerySet[Reading]:
    return Reading.objects.filter(station=station).order_by("-at")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "ask",
    [
        lambda: newest("lahore")[:1],
        lambda: newest("lahore").values_list("values", flat=True)[1:2],
        lambda: newest("lahore").only("provider"),
        lambda: Alert.objects.order_by("-opened_at", "-pk")[:100],  # as the admin and the API list them
    ],
)
def test_what_is_sorted_by_an_index_is_not_sorted_again(ask: Callable[[], QuerySet[Any]]) -> None:
    plan = ask().explain()
    assert "IXSCAN" in plan
    assert '"stage": "SORT"' not in plan
    assert '"stages"' not in plan  # what no index does, such as a sort of what was shaped before


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "query"), [(Reading, ""), (Reading, "?station=lahore"), (Forecast, "")])
def test_the_admin_lists_what_there_are_most_of_by_an_index(rf: RequestFactory, model: type[Model], query: str) -> None:
    Station.objects.create(slug="lahore", name="Lahore")
    request = rf.get(f"/admin/{query}")
    request.user = User(is_superuser=True, is_active=True)
    shown = site.get_model_admin(model).get_changelist_instance(request).queryset[:100]
    plan = shown.explain()
    assert "IXSCAN" in plan
    assert '"stage": "SORT"' not in plan


@pytest.mark.django_db
def test_what_is_unread_is_counted_without_reading_what_was_read() -> None:
    rows = [Delivery(reference=f"{n}", message=f"{n}", contact="a", channel="inapp") for n in range(9)]
    for row in rows[1:]:
        row.read_at = clock.now()
    Delivery.objects.bulk_create(rows)
    plan = json.loads(inbox._unread({"a"}).explain())
    assert "delivery_unread" in str(plan["queryPlanner"]["winningPlan"])


@pytest.mark.django_db
def test_rows_come_in_their_order_whatever_of_them_is_asked_for() -> None:
    stations = [Station(slug=slug, name=name) for slug, name in [("a", "x"), ("b", "z"), ("c", "y"), ("d", "x")]]
    Station.objects.bulk_create(stations)
    rows = Station.objects.order_by("-name", "slug")
    assert [row.slug for row in rows] == ["b", "c", "a", "d"]
    assert list(rows.values_list("slug", flat=True)[1:3]) == ["c", "a"]
    assert list(rows.values_list("name", flat=True)) == ["z", "y", "x", "x"]
    assert list(rows.values_list("name", flat=True).distinct().order_by("name")) == ["x", "y", "z"]
    assert list(Station.objects.order_by(Lower("name").desc(), "-slug").values_list("slug", flat=True)) == list("bcda")
    named = Station.objects.annotate(first=Substr("slug", 1, 1)).order_by("first")
    assert [row.first for row in named] == list("abcd")


@pytest.mark.django_db
def test_no_unique_index_of_ours_is_partial_unless_it_is_meant_to_be() -> None:
    for model in apps.get_models():
        if model._meta.app_label in {"ingestion", "detection", "alerts", "dashboard"}:
            meant = {one.name for one in model._meta.constraints if getattr(one, "condition", None)}
            for name, index in collection(model).index_information().items():
                nullable = any(
                    field.null for field in model._meta.fields if field.column in {column for column, _ in index["key"]}
                )
                assert nullable or name in meant or not (index.get("unique") and "partialFilterExpression" in index), (
                    name
                )


@pytest.mark.django_db
def test_a_transaction_reads_from_the_primary_whatever_the_address_prefers() -> None:
    settings = connection.settings_dict
    other = DatabaseWrapper({**settings, "HOST": f"{settings['HOST']}&readPreference=primaryPreferred"}, alias="other")
    other.start_transaction_mongo()
    assert other.database["nothing"].find_one({}, session=other.session) is None
    other.rollback_mongo()
    other.close()
