"""Settings of the project. Everything a deployment changes comes from the environment (see .env.example)."""

from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

from aqi_project.environment import Environment
from aqi_project.errors import ConfigurationError
from aqi_project.mongodb import mongod
from aqi_project.secret import development_secret

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = BASE_DIR / "data"
env = Environment(BASE_DIR)
VAR_DIR = env.folder("VAR_DIR", BASE_DIR / "var")

# --- What a deployment must set ---
DEBUG = env.flag("DEBUG", default=False)
PRODUCTION = env.flag("PRODUCTION", default=False)
SECRET_KEY_IS_SET = bool(env.text("SECRET_KEY"))
SECRET_KEY = env.text("SECRET_KEY") or development_secret(VAR_DIR)
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")  # earlier ones: what they signed stays good
HOST = env.text("HOST", "127.0.0.1")
PORT = env.port("PORT", 8000)
SITE_URL = env.origin("SITE_URL", f"http://localhost:{PORT}")
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS")

# --- MongoDB: an embedded mongod on this machine, or any other that MONGODB_URI names ---
EMBEDDED_MONGODB_PORT = env.port("EMBEDDED_MONGODB_PORT", 27_117)
EMBEDDED_MONGODB = not env.text("MONGODB_URI")
MONGODB_URI = env.text("MONGODB_URI", mongod.uri(EMBEDDED_MONGODB_PORT))
MONGODB_NAME = env.database("MONGODB_NAME", "aqi")
MONGODB_TIMEOUT = timedelta(seconds=env.number("MONGODB_TIMEOUT_SECONDS", 8, least=0.1, most=300))
if not MONGODB_URI.startswith(("mongodb://", "mongodb+srv://")):
    raise ConfigurationError("MONGODB_URI must start with mongodb:// or mongodb+srv://.")
DATABASES = {
    "default": {
        "ENGINE": "aqi_project.mongodb",
        "HOST": MONGODB_URI,
        "NAME": MONGODB_NAME,
        "OPTIONS": {
            "serverSelectionTimeoutMS": int(MONGODB_TIMEOUT.total_seconds() * 1000),
            "connectTimeoutMS": int(MONGODB_TIMEOUT.total_seconds() * 1000),  # of the heartbeat, too
            "tz_aware": False,  # Django makes naive UTC aware itself
        },
    }
}
DATABASE_ROUTERS = ["django_mongodb_backend.routers.MongoRouter"]
DEFAULT_AUTO_FIELD = "django_mongodb_backend.fields.ObjectIdAutoField"
MIGRATION_MODULES = {
    app: f"aqi_project.contrib_migrations.{app}" for app in ("admin", "auth", "contenttypes", "django_q")
}

# --- Where readings come from ---
AQI_SOURCE = env.choice("AQI_SOURCE", "auto", ("auto", "openweather", "open_meteo", "replay"))
OPENWEATHER_API_KEY = env.text("OPENWEATHER_API_KEY")
OPENWEATHER_URL = env.url("OPENWEATHER_URL", "https://api.openweathermap.org")
OPEN_METEO_URL = env.url("OPEN_METEO_URL", "https://air-quality-api.open-meteo.com")
OPENAQ_API_KEY = env.text("OPENAQ_API_KEY")
OPENAQ_URL = env.url("OPENAQ_URL", "https://api.openaq.org")
REPLAY_SECONDS_PER_HOUR = env.number("REPLAY_SECONDS_PER_HOUR", 8, least=0.05, most=3600)
if AQI_SOURCE == "openweather" and not OPENWEATHER_API_KEY:
    raise ConfigurationError("AQI_SOURCE=openweather needs OPENWEATHER_API_KEY.")

# --- Applications ---
INSTALLED_APPS = [
    "aqi_project.apps.ProjectConfig",
    "aqi_project.apps.MongoAdminConfig",
    "aqi_project.apps.MongoAuthConfig",
    "aqi_project.apps.MongoContentTypesConfig",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "aqi_project.apps.MongoDjangoQConfig",
    "ingestion",
    "detection",
    "alerts",
    "dashboard",
]
MIDDLEWARE = [
    "aqi_project.logs.request_log",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "aqi_project.web.csp.content_security_policy",
    "aqi_project.api.middleware.public_read",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "dashboard.preferences.PreferencesMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "alerts.people.wall_clock.of_the_admin",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "aqi_project.urls"
ASGI_APPLICATION = "aqi_project.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
    )
]
# Holds drawings of open pages, for a moment (dashboard/views/city.py), of 50 kB each.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 40}}}
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = int(timedelta(days=7).total_seconds())  # then one signs in again
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
if PRODUCTION:  # behind a proxy that ends TLS and sets this header itself (docs/deploy.md)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = ["^health/", "^metrics$"]  # asked by machines, past the proxy
    SECURE_HSTS_SECONDS = int(timedelta(days=30).total_seconds())

# --- Languages and time: UTC inside, the station's own zone at the edge ---
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ur", "اردو")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Static files ---
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
PLOTLY_PACKAGE = Path(find_spec("plotly").submodule_search_locations[0]) / "package_data"  # found, never imported
PLOTLY = VAR_DIR / "plotly"  # what `manage.py setup` compressed
STATICFILES_DIRS = [BASE_DIR / "static", ("plotly", PLOTLY if PLOTLY.is_dir() else PLOTLY_PACKAGE)]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

# --- Background work (django-q2, queue in MongoDB) ---
TASK_TIMEOUT = timedelta(minutes=10)
Q_CLUSTER = {
    "name": "aqi",
    "broker_class": "aqi_project.queue.broker.Broker",
    "workers": env.whole("WORKERS", 2, least=1, most=64),
    "timeout": int(TASK_TIMEOUT.total_seconds()),
    "retry": int(TASK_TIMEOUT.total_seconds()) + 60,  # django-q2 wants it; how long a task is held, the broker says
    "max_attempts": 3,
    "ack_failures": True,
    "catch_up": False,
    "save_limit": 1000,
    "poll": 0.2,
    "queue_limit": 1,  # what a cluster takes before it can work on it, others could begin
    "recycle": 500,
    "scheduler": env.flag("Q_SCHEDULER", default=True),
    "log_level": "WARNING",
}
# Loaded before the worker forks its processes, which then share the memory of all this.
WORKER_PRELOADS = [
    "alerts.tasks", "ingestion.tasks", "detection.tasks", "detection.live.forecasts.aqi_categories",
    "detection.live.warm", "sklearn.ensemble", "httpcore", "anyio._backends._asyncio",
]  # fmt: skip

# --- E-mail: real SMTP where EMAIL_URL says so; else the console and var/mail/ ---
EMAIL_BACKEND = "alerts.channels.mail.DevelopmentBackend"
vars().update(env.email("EMAIL_URL"))
EMAIL_TIMEOUT = env.number("EMAIL_TIMEOUT_SECONDS", 20, least=0.1, most=120)
EMAIL_FILE_PATH = VAR_DIR / "mail"
DEFAULT_FROM_EMAIL = env.mail_address("DEFAULT_FROM_EMAIL", "Air quality alerts <alerts@localhost>")
SMS_URL = env.gateway("SMS_URL")
TWILIO_API_URL = env.url("TWILIO_API_URL", "https://api.twilio.com")
CAP_SIGNING_KEY = env.text("CAP_SIGNING_KEY")  # path of a PEM file; needs the package signxml
CAP_SIGNING_CERTIFICATE = env.text("CAP_SIGNING_CERTIFICATE")
DELIVERIES_KEPT = timedelta(days=env.whole("DELIVERIES_KEPT_DAYS", 730, least=31, most=36_500))
OFFICER_EMAIL = env.mail_address("OFFICER_EMAIL", "officer@localhost")

# --- Companions of the models' records ---
EVIDENTLY_PYTHON = env.text("EVIDENTLY_PYTHON")  # a Python that has Evidently
MLFLOW_TRACKING_URI = env.text("MLFLOW_TRACKING_URI")
if MLFLOW_TRACKING_URI and not find_spec("mlflow"):
    raise ConfigurationError("MLFLOW_TRACKING_URI needs mlflow-skinny: pip install -r requirements-mlflow.txt.")

# --- API ---
API_ANONYMOUS_PER_MINUTE = env.whole("API_ANONYMOUS_PER_MINUTE", 600, least=1, most=1_000_000_000)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "aqi_project.api.callers.KeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_THROTTLE_CLASSES": ["aqi_project.api.callers.Limit"],
    "NUM_PROXIES": env.whole("PROXIES", 0, least=0, most=10),
    "URL_FORMAT_OVERRIDE": None,  # `format` is a parameter of ours
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["aqi_project.api.parsers.StrictJSONParser"],
    "EXCEPTION_HANDLER": "aqi_project.api.explain_error",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Air quality API",
    "DESCRIPTION": "Readings, expected ranges, anomalies and verdicts for stations and sensors.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "aqi_project.api.schema.show_examples",
        "aqi_project.api.schema.show_errors",
        "aqi_project.api.schema.show_either",
    ],
    "ENUM_NAME_OVERRIDES": {
        "AlertStateEnum": "alerts.models.Alert.States",
        "VerdictSeverityEnum": "detection.api.serializers.VERDICT_LEVELS",
    },
    "SWAGGER_UI_DIST": "SIDECAR",  # served from here: the page works without the outside world
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# --- Logging: one line an event, JSON in production; each request and task is an event of its own there ---
LOG_LEVELS = ("debug", "info", "warning", "error", "critical")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "aqi_project.logs.JsonLines" if PRODUCTION else "aqi_project.logs.Lines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.choice("LOG_LEVEL", "info", LOG_LEVELS).upper()},
    "loggers": {
        "aqi_project.logs": {"level": "INFO" if PRODUCTION else "WARNING"},
        "django.request": {"level": "ERROR"},  # what a caller did wrong is in the request's own line
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # so is a scanner's Host: it needs no traceback
        "daphne": {"level": "WARNING"},
        "django-q": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "httpx": {"level": "WARNING"},
        "matplotlib": {"level": "WARNING"},  # it comes with prophet, and tells of its cache of fonts
        "cmdstanpy": {"level": "ERROR"},
        "prophet": {"level": "ERROR"},
    },
}
