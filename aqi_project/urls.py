"""Addresses of the whole site."""

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from aqi_project import health
from aqi_project.api.error_views import NoSuchAddress
from aqi_project.api.schema import ByFormat
from dashboard.views import outlets
from detection.api.urls import compatible

swagger = {"url_name": "api-schema", "template_name": "api_docs.html"}
urlpatterns = [
    path("admin/", admin.site.urls),
    path("favicon.ico", RedirectView.as_view(url=static("img/icon.svg"))),  # pages that are not ours ask for it
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("api/schema", SpectacularAPIView.as_view(content_negotiation_class=ByFormat), name="api-schema"),
    path("api/docs", SpectacularSwaggerSplitView.as_view(**swagger), name="api-docs"),
    path("api/v1/", include("ingestion.api.urls")),
    path("api/v1/", include("detection.api.urls")),
    path("api/v1/", include("alerts.api.urls")),
    path("api/v1/stations/<slug:slug>/badge.svg", outlets.badge, name="badge"),
    re_path("^api/", NoSuchAddress.as_view()),
    path("", include("alerts.urls")),
    path("", include(compatible)),
    path("", include("dashboard.urls")),
]
handler500 = "aqi_project.api.error_views.server_error"
