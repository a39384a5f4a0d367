"""Routes of the pages."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import path
from django.views.generic import RedirectView

from pages import catalogue, definition, segment


@login_not_required
def favicon(_request: HttpRequest) -> HttpResponse:
    """Browsers ask for this on pages that name no icon, such as the admin site's."""
    return redirect(static("favicon.svg"))


urlpatterns = [
    path("", RedirectView.as_view(pattern_name="segment-list"), name="home"),
    path("favicon.ico", favicon),
    path("segments/", catalogue.segment_list, name="segment-list"),
    path("segments/<slug:key>/", segment.segment_page, name="segment-page"),
    path("segments/<slug:key>/versions/<int:number>/outline/", definition.segment_outline, name="segment-outline"),
    path("segments/<slug:key>/versions/<int:number>/changes/", definition.segment_changes, name="segment-changes"),
    path("segments/<slug:key>/runs/", segment.segment_runs, name="segment-runs"),
]
