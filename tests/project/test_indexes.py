"""What our own layer over the database backend is for."""

import pytest
from django.apps import apps
from django.db import connection

from aqi_project.mongo import collection
from aqi_project.mongodb.base import DatabaseWrapper
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


@pytest.mark.django_db
def test_no_unique_index_of_ours_is_partial() -> None:
    for model in apps.get_models():
        if model._meta.app_label in {"ingestion", "detection", "alerts", "dashboard"}:
            for name, index in collection(model).index_information().items():
                nullable = any(
                    field.null for field in model._meta.fields if field.column in {column for column, _ in index["key"]}
                )
                assert nullable or not (index.get("unique") and "partialFilterExpression" in index), name


@pytest.mark.django_db
def test_a_transaction_reads_from_the_primary_whatever_the_address_prefers() -> None:
    settings = connection.settings_dict
    other = DatabaseWrapper({**settings, "HOST": f"{settings['HOST']}&readPreference=primaryPreferred"}, alias="other")
    other.start_transaction_mongo()
    assert other.database["nothing"].find_one({}, session=other.session) is None
    other.rollback_mongo()
    other.close()
