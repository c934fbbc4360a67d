"""Lists of the admin whose address somebody typed by hand."""

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory
from django.urls import reverse
from django_q.models import Schedule

from aqi_project.admin.changelist import ForgivingChangeList
from detection.models import TrainingRun
from ingestion.models import Reading, Station

pytestmark = pytest.mark.django_db
NONSENSE = [
    (Reading, "at__year=9999"),
    (Reading, "at__year=1"),
    (Reading, "at__year=99999999999"),
    (Reading, "at__year=2026&at__month=13"),
    (Reading, "at__gte=0001-01-01 00:00:00%2B14:00"),
    (Reading, "flags__contains=x"),
    (TrainingRun, "requested_at__year=9999"),
    (Station, "expected_interval=abc"),
    (Station, "name__regex=((("),
]


@pytest.mark.parametrize(("model", "query"), NONSENSE)
def test_nonsense_in_an_address_leads_back_to_the_list(admin_client: Client, model: type, query: str) -> None:
    path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    answer = admin_client.get(f"{path}?{query}", follow=True)
    assert (answer.status_code, answer.redirect_chain) == (200, [(f"{path}?e=1", 302)])


@pytest.mark.parametrize("page", admin.site._registry.values(), ids=str)
def test_no_list_of_the_admin_is_left_out(rf: RequestFactory, page: admin.ModelAdmin) -> None:
    assert issubclass(page.get_changelist(rf.get("/")), ForgivingChangeList)


@pytest.mark.parametrize("model", [Reading, Schedule])
@pytest.mark.parametrize("query", ["p=999", "p=-1", "p=x", "o=99", "o=x.y", "q=%00(", "id=x", "nosuch=1"])
def test_odd_pages_orders_and_ids_are_no_errors(admin_client: Client, model: type, query: str) -> None:
    path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    assert admin_client.get(f"{path}?{query}").status_code in {200, 302, 400}


@pytest.mark.parametrize("path", ["django_q/schedule/add/?next_run=x", "aqi_project/apikey/add/?revoked_at=x"])
def test_a_form_begins_without_a_time_that_is_none(admin_client: Client, path: str) -> None:
    assert admin_client.get(f"/admin/{path}").status_code == 200


def test_an_error_that_is_not_of_the_address_stays_one(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise ValueError("a mistake of ours")

    monkeypatch.setattr(admin.site._registry[Reading], "get_queryset", broken)
    with pytest.raises(ValueError, match="a mistake of ours"):
        admin_client.get(reverse("admin:ingestion_reading_changelist"))


@pytest.mark.parametrize("path", ["r/x/1/", "r/1/x/", "r/%00/1/"])
def test_a_row_of_no_such_kind_is_not_found(admin_client: Client, path: str) -> None:
    assert admin_client.get(f"/admin/{path}").status_code == 404


@pytest.mark.parametrize("model", ["ingestion/station", "auth/user", "django_q/schedule"])
def test_a_forged_choice_of_rows_is_not_found(admin_client: Client, model: str) -> None:
    forged = {"action": "delete_selected", "_selected_action": ["x"], "post": "yes"}
    assert admin_client.post(f"/admin/{model}/", forged).status_code == 404
