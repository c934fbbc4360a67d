"""How often somebody tried something, so that forms cannot be used to flood or to guess."""

from django.db import models


class Attempt(models.Model):
    """A counter of one key in one window of time. Keys are keyed hashes: no addresses are kept here."""

    key = models.CharField(max_length=64, unique=True)
    count = models.IntegerField(default=0)
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["until"], name="attempt_until")]

    def __str__(self) -> str:
        return f"{self.key[:8]}: {self.count}"
