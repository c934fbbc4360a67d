from django.utils.translation import gettext_lazy as _

from aqi_project import named_config


class AlertsConfig(named_config.NamedConfig):
    name = "alerts"
    verbose_name = _("Alerts")

    def ready(self) -> None:
        from django.contrib import admin

        from alerts import checks, receivers  # noqa: F401 (the checks register themselves)
        from alerts.people.login import LimitedInAdmin

        receivers.connect()
        admin.site.login_form = LimitedInAdmin
