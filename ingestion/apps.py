from django.utils.translation import gettext_lazy as _

from aqi_project import named_config


class IngestionConfig(named_config.NamedConfig):
    name = "ingestion"
    verbose_name = _("Stations and readings")
