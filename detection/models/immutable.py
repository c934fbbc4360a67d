"""Rows that are written once."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models


class ImmutableError(TypeError):
    """Something tried to change a row that is a record."""


class ImmutableQuerySet(models.QuerySet["Immutable"]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise ImmutableError(f"A {self.model._meta.verbose_name} is never changed. Write a new one.")


class Immutable(models.Model):
    """Can be created and read; saving it again is refused."""

    objects = ImmutableQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ImmutableError(f"{self} is never changed. Write a new one.")
        super().save(*args, **kwargs)
