from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "alerts"
    verbose_name = "Alerts"

    def ready(self) -> None:
        from django.contrib import admin

        from alerts import checks, receivers  # noqa: F401 (the checks register themselves)
        from alerts.people.login import LimitedInAdmin

        receivers.connect()
        admin.site.login_form = LimitedInAdmin
