"""Lists of the admin that grow with each alert."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alerts import tasks
from alerts.models import Contact, Delivery, Rule
from detection.models import Anomaly

pytestmark = pytest.mark.django_db


def test_deliveries_may_be_chosen_without_reading_all_of_them(
    admin_client: Client, rule: Rule, officer: Contact, happen: Callable[..., Anomaly]
) -> None:
    """There may be hundreds of thousands: a calendar and filters would look through them for what there is."""
    happen()
    tasks.process_events()
    path = "/admin/alerts/delivery/"
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = admin_client.get(path).content.decode()
    through_all = [query for query in asked if "alerts_delivery" in query["sql"] and "$group" in query["sql"]]
    assert len(through_all) == 1  # how many there are
    assert "channel=sms" in page
    assert "kind=cancel" in page
    assert "_facets" not in page
    found = admin_client.get(path, {"channel": "email", "kind": "alert"}).context["cl"].result_list
    assert [(one.channel, one.kind) for one in found] == [("email", "alert")]
    assert Delivery.objects.filter(channel="email").count() == 1
    assert not admin_client.get(path, {"channel": "email", "kind": "cancel"}).context["cl"].result_list
