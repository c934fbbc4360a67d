from django.utils.translation import gettext_lazy as _

from aqi_project import naming


class IngestionConfig(naming.NamedConfig):
    name = "ingestion"
    verbose_name = _("Stations and readings")
