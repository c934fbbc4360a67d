from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "alerts"
    verbose_name = "Alerts"

    def ready(self) -> None:
        from alerts import checks, receivers  # noqa: F401 (the checks register themselves)

        receivers.connect()
