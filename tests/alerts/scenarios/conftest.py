"""One system for all scenarios: started once, emptied at the end."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from pytest_django import DjangoDbBlocker

from alerts.inbox import AGENCY
from tests.alerts.scenarios.system import System


@pytest.fixture(scope="package")
def system(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[System]:
    with django_db_blocker.unblock():
        with ExitStack() as stack:
            yield System.start(stack)
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="package")
def officer(system: System) -> User:
    user = User.objects.create_user("zainab")
    user.groups.add(Group.objects.get(name=AGENCY))
    return user


@pytest.fixture(scope="package")
def admin(system: System) -> User:
    return User.objects.create_superuser("chief")
