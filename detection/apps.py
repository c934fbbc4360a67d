from django.utils.translation import gettext_lazy as _

from aqi_project import named_config


class DetectionConfig(named_config.NamedConfig):
    name = "detection"
    verbose_name = _("Detection")

    def ready(self) -> None:
        from detection import checks, receivers  # noqa: F401
