"""All routes of the installation."""

from django.contrib import admin
from django.urls import include, path

from accounts.api.base import UnknownPath
from accounts.views import admin_sign_in
from config.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("admin/login/", admin_sign_in),
    path("admin/", admin.site.urls),
    path("api/v1/", include("segments.api.urls")),
    path("api/v1/", include("accounts.api.urls")),
    path("api/<path:unknown>", UnknownPath.as_view()),
    path("", include("accounts.urls")),
    path("", include("pages.urls")),
]
handler500 = "pages.errors.server_error"
