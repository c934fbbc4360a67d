"""What people see where there is no page for them: a sentence in their language, and the way back."""

import pytest
from django.contrib.auth.models import User
from django.test import Client, RequestFactory

from aqi_project.api.error_views import server_error
from tests.cast import citizen

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("language", "sentence"), [("en", "This page does not exist"), ("ur", "یہ صفحہ موجود نہیں")])
@pytest.mark.parametrize("path", ["/nowhere/at/all/", "/lahore/no-such-station/", "/no-such-city/"])
def test_a_mistyped_address_gets_a_page_of_this_site(path, language, sentence):
    answer = citizen(language).get(path)
    assert answer.status_code == 404
    page = answer.content.decode()
    assert f"<h1>{sentence}</h1>" in page
    assert 'href="/"' in page


def test_who_is_no_officer_is_told_who_can_change_that():
    client = citizen()
    client.force_login(User.objects.create_user("someone"))
    answer = client.get("/inbox/")
    assert answer.status_code == 403
    assert "An administrator can change that." in answer.content.decode()


def test_a_form_that_was_open_too_long_says_what_to_do():
    answer = Client(enforce_csrf_checks=True).post("/subscribe/", {"address": "someone@example.org"})
    assert answer.status_code == 403
    assert "load the page again" in answer.content.decode()


def test_where_the_program_broke_the_page_needs_nothing_of_it():
    answer = server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    page = answer.content.decode()
    assert "Something broke here" in page
    assert "یہاں کچھ خراب ہو گیا" in page
