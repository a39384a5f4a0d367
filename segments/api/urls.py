"""Routes of segments below ``/api/v1/``."""

from django.urls import path

from lib.rest.paths import NAME
from segments.api.views.checks import ChecksView, SnoozeView
from segments.api.views.definitions import ExplainVersionView, PreviewVersionView, SqlView
from segments.api.views.members import CheckMembershipsView, MembersView
from segments.api.views.overlap import NeighboursView, VennView
from segments.api.views.profiles import ProfileSegmentsView, ProfileView
from segments.api.views.reviewing import DueReviewsView, ReviewsView
from segments.api.views.reviews import ApproveView, OverrideView, ProposeView, RejectView, ScheduleView
from segments.api.views.rules import ExplainDefinitionView, PreviewDefinitionView, RulesSchemaView
from segments.api.views.runs import HistoryView, RecomputeView, RunsView, RunView
from segments.api.views.segments import (
    PauseSegmentView,
    ResumeSegmentView,
    RetireSegmentView,
    SegmentsView,
    SegmentView,
)
from segments.api.views.versions import PublishView, VersionsView, VersionView

urlpatterns = [
    path("rules/schema", RulesSchemaView.as_view(), name="api-rules-schema"),
    path("segments/preview", PreviewDefinitionView.as_view(), name="api-preview"),
    path("segments/explain", ExplainDefinitionView.as_view(), name="api-explain"),
    path("segments", SegmentsView.as_view(), name="api-segments"),
    path("segments/<slug:key>", SegmentView.as_view(), name="api-segment"),
    path("segments/<slug:key>/pause", PauseSegmentView.as_view(), name="api-pause"),
    path("segments/<slug:key>/resume", ResumeSegmentView.as_view(), name="api-resume"),
    path("segments/<slug:key>/retire", RetireSegmentView.as_view(), name="api-retire"),
    path("segments/<slug:key>/versions", VersionsView.as_view(), name="api-versions"),
    path("segments/<slug:key>/versions/<int:number>", VersionView.as_view(), name="api-version"),
    path("segments/<slug:key>/versions/<int:number>/publish", PublishView.as_view(), name="api-publish"),
    path("segments/<slug:key>/versions/<int:number>/propose", ProposeView.as_view(), name="api-propose"),
    path("segments/<slug:key>/versions/<int:number>/approve", ApproveView.as_view(), name="api-approve"),
    path("segments/<slug:key>/versions/<int:number>/reject", RejectView.as_view(), name="api-reject"),
    path("segments/<slug:key>/versions/<int:number>/schedule", ScheduleView.as_view(), name="api-schedule"),
    path("segments/<slug:key>/versions/<int:number>/override", OverrideView.as_view(), name="api-override"),
    path("overlap", VennView.as_view(), name="api-venn"),
    path("segments/<slug:key>/overlap", NeighboursView.as_view(), name="api-overlap"),
    path("reviews", DueReviewsView.as_view(), name="api-due-reviews"),
    path("segments/<slug:key>/reviews", ReviewsView.as_view(), name="api-reviews"),
    path("segments/<slug:key>/checks", ChecksView.as_view(), name="api-checks"),
    path("segments/<slug:key>/checks/<int:number>/snooze", SnoozeView.as_view(), name="api-snooze"),
    path("segments/<slug:key>/preview", PreviewVersionView.as_view(), name="api-segment-preview"),
    path("segments/<slug:key>/explain", ExplainVersionView.as_view(), name="api-segment-explain"),
    path("segments/<slug:key>/sql", SqlView.as_view(), name="api-sql"),
    path("segments/<slug:key>/members", MembersView.as_view(), name="api-members"),
    path("segments/<slug:key>/history", HistoryView.as_view(), name="api-history"),
    path("segments/<slug:key>/runs", RunsView.as_view(), name="api-runs"),
    path("segments/<slug:key>/recompute", RecomputeView.as_view(), name="api-recompute"),
    path("runs/<int:number>", RunView.as_view(), name="api-run"),
    path("memberships/check", CheckMembershipsView.as_view(), name="api-check"),
    path(f"profiles/<{NAME}:external_id>/segments", ProfileSegmentsView.as_view(), name="api-profile-segments"),
    path(f"profiles/<{NAME}:external_id>", ProfileView.as_view(), name="api-profile"),
]
