"""What officers tell each other about an alert."""

from django.db import models

from aqi_project import clock


class Comment(models.Model):
    """One remark. It goes to nobody by itself; whoever opens the inbox reads it."""

    alert = models.CharField(max_length=32)
    text = models.CharField(max_length=1000)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at"]
        indexes = [models.Index(fields=["alert", "at"], name="comment_of_alert")]

    def __str__(self) -> str:
        return f"{self.by}: {self.text[:60]}"
