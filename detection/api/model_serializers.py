"""The shapes of models, their versions, trainings, drift checks and scores."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from detection.models import DriftReport, ModelVersion, TrainingRun

Base = serializers.Serializer[Any]


class VersionSerializer(Base):
    number = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    reason = serializers.ChoiceField(choices=ModelVersion.Reason.choices)
    parent = serializers.IntegerField(allow_null=True, help_text="The champion when it was trained.")
    parameters = serializers.JSONField()
    trained_from = serializers.DateTimeField()
    trained_to = serializers.DateTimeField()
    rows = serializers.IntegerField()
    data_hash = serializers.CharField()
    metrics = serializers.JSONField()
    libraries = serializers.JSONField()
    seconds = serializers.FloatField()


class VersionPageSerializer(Base):
    next = serializers.URLField(allow_null=True)
    results = VersionSerializer(many=True)


class ModelSerializer(Base):
    sensor_id = serializers.CharField(source="key")
    is_active = serializers.BooleanField()
    champion = serializers.IntegerField(allow_null=True, help_text="The version that serves.")
    challenger = serializers.IntegerField(allow_null=True)
    false_alarms_per_month = serializers.FloatField()
    hard_min = serializers.FloatField(allow_null=True)
    hard_max = serializers.FloatField(allow_null=True)
    training_error = serializers.CharField(allow_blank=True)


class ModelPageSerializer(Base):
    next = serializers.URLField(allow_null=True)
    results = ModelSerializer(many=True)


class ModelInfoSerializer(ModelSerializer):
    version = VersionSerializer(allow_null=True)
    knows_from = serializers.DateTimeField(allow_null=True, help_text="Verdicts are possible from here …")
    knows_to = serializers.DateTimeField(allow_null=True, help_text="… to here.")


class PromoteSerializer(Base):
    number = serializers.IntegerField(min_value=1, help_text="The version that shall serve.")
    why = serializers.CharField(max_length=500, help_text="Kept with the change.")


class RollbackSerializer(Base):
    why = serializers.CharField(max_length=500, help_text="Kept with the change.")


class RunSerializer(Base):
    requested_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()
    why = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=TrainingRun.State.choices)
    version = serializers.IntegerField(allow_null=True, help_text="The version that it wrote.")
    promoted = serializers.BooleanField()
    seconds = serializers.FloatField(allow_null=True)
    outcome = serializers.CharField(allow_blank=True)


class RunPageSerializer(Base):
    next = serializers.URLField(allow_null=True)
    results = RunSerializer(many=True)


class DriftSerializer(Base):
    at = serializers.DateTimeField()
    verdict = serializers.ChoiceField(choices=DriftReport.Verdict.choices)
    reason = serializers.CharField(help_text="The test that decided.")
    since = serializers.DateTimeField(allow_null=True, help_text="The likeliest time of the change.")
    factor = serializers.FloatField(allow_null=True)
    is_new = serializers.BooleanField()
    sentence = serializers.CharField()
    sentence_ur = serializers.CharField(allow_blank=True)


class DriftPageSerializer(Base):
    next = serializers.URLField(allow_null=True)
    results = DriftSerializer(many=True)


class ScoreSerializer(Base):
    month = serializers.CharField(help_text="In which the forecasts were issued, such as 2026-11.")
    hours = serializers.CharField(help_text="Hours ahead, such as 7-24.")
    count = serializers.IntegerField(help_text="Pairs of a foretold and a measured value.")
    error = serializers.FloatField(help_text="Mean absolute error, in the variable's unit.")
    persistence = serializers.FloatField(help_text="The same of 'it stays as it is'.")
    seasonal_naive = serializers.FloatField(allow_null=True, help_text="The same of 'as yesterday at this hour'.")
    provider = serializers.FloatField(allow_null=True, help_text="The same of the provider's own forecast.")
    coverage = serializers.FloatField(help_text="Share inside the range that is meant for 95 of 100.")


class ScorePageSerializer(Base):
    next = serializers.URLField(allow_null=True)
    results = ScoreSerializer(many=True)
