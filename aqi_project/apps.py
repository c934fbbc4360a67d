"""Application configurations: third-party applications with MongoDB's identifiers, and the project's own."""

import gc
from pathlib import Path

from django.conf import settings
from django.contrib.admin.apps import AdminConfig
from django.contrib.auth.apps import AuthConfig
from django.contrib.contenttypes.apps import ContentTypesConfig
from django.utils.translation import gettext_lazy as _
from django_q.apps import DjangoQConfig

from aqi_project.errors import ConfigurationError
from aqi_project.named_config import NamedConfig

OBJECT_ID = "django_mongodb_backend.fields.ObjectIdAutoField"


class MongoAdminConfig(AdminConfig):
    default_auto_field = OBJECT_ID


class MongoAuthConfig(AuthConfig):
    default_auto_field = OBJECT_ID


class MongoContentTypesConfig(ContentTypesConfig):
    default_auto_field = OBJECT_ID


class MongoDjangoQConfig(DjangoQConfig):
    default_auto_field = OBJECT_ID
    verbose_name = _("Background work")  # its own is looked up once, in the language of the settings


class ProjectConfig(NamedConfig):
    name = "aqi_project"
    verbose_name = _("Project")

    def ready(self) -> None:
        from django_q import signals

        from aqi_project import checks, logs  # noqa: F401
        from aqi_project.api import schema  # noqa: F401
        from aqi_project.mongodb import fork_safety
        from aqi_project.queue import lease, memory

        _make_static_root(Path(settings.STATIC_ROOT))
        fork_safety.install()
        lease.install()
        memory.install()
        signals.pre_execute.connect(logs.begin_task)
        signals.post_execute_in_worker.connect(logs.end_task)
        gc.freeze()  # what is loaded stays: looking through it for garbage is half the work of taking in readings


def _make_static_root(folder: Path) -> None:
    """WhiteNoise warns of a missing one."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"VAR_DIR={settings.VAR_DIR} cannot be used: {error.strerror}.") from None
