"""All routes of the installation."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from accounts.views import admin_sign_in
from config.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("admin/login/", admin_sign_in),
    path("admin/password_change/", RedirectView.as_view(pattern_name="own-password")),
    path("admin/", admin.site.urls),
    path("api/", include("config.api.urls")),
    path("v1/", include("profiles.ingest.tracking.urls")),
    path("", include("accounts.urls")),
    path("", include("pages.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("", include("demo.urls")))
handler500 = "pages.errors.server_error"
