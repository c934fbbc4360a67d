"""One system for all scenarios: started once, emptied at the end."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from pytest_django import DjangoDbBlocker

from tests.alerts.scenarios.system import System, running


@pytest.fixture(scope="package")
def system(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[System]:
    with running(django_db_blocker.unblock()) as started:
        yield started


@pytest.fixture(scope="package")
def officer(system: System) -> User:
    return system.officer("zainab")


@pytest.fixture(scope="package")
def admin(system: System) -> User:
    return User.objects.create_superuser("chief")
