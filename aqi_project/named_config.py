"""Names of models and fields for the admin, in every language."""

from collections.abc import Mapping
from importlib import import_module

from django.apps import AppConfig
from django.db.models import Model
from django.utils.functional import Promise

Lazy = str | Promise


class NamedConfig(AppConfig):
    """An application whose `names.py` has MODELS (one, many) and FIELDS by their name in Python.

    They are given here and not in the models, because there each name would be a migration that changes nothing.
    What a model or field says of itself comes first. An `apps.py` imports this module and not the class: Django takes
    the only AppConfig that it finds there.
    """

    def import_models(self) -> None:
        super().import_models()
        names = import_module(f"{self.name}.names")
        for model in self.models.values():
            _name_model(model, names.MODELS)
            _name_fields(model, names.FIELDS)


def _name_model(model: type[Model], names: Mapping[str, tuple[Lazy, Lazy]]) -> None:
    found = names.get(model.__name__)
    if found is None:
        return
    for attribute, name in zip(("verbose_name", "verbose_name_plural"), found, strict=True):
        if attribute not in model._meta.original_attrs:
            setattr(model._meta, attribute, name)


def _name_fields(model: type[Model], names: Mapping[str, Lazy]) -> None:
    for field in model._meta.local_fields:
        if field._verbose_name is None and field.name in names:
            field.verbose_name = names[field.name]
