"""Addresses of the whole site."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from aqi_project import health
from aqi_project.api.nowhere import NoSuchAddress
from dashboard import outlet_views
from detection.api.urls import compatible

urlpatterns = [
    path("admin/", admin.site.urls),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("api/schema", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs", SpectacularSwaggerView.as_view(url_name="api-schema"), name="api-docs"),
    path("api/v1/", include("ingestion.api.urls")),
    path("api/v1/", include("detection.api.urls")),
    path("api/v1/", include("alerts.api.urls")),
    path("api/v1/stations/<slug:station>/badge.svg", outlet_views.badge, name="badge"),
    path("api/<path:rest>", NoSuchAddress.as_view()),
    path("", include("alerts.urls")),
    path("", include(compatible)),
    path("", include("dashboard.urls")),
]
handler500 = "aqi_project.api.nowhere.server_error"
