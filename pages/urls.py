"""Routes of the pages."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import path
from django.views.generic import RedirectView
from django.views.i18n import JavaScriptCatalog

from lib.rest.paths import NAME
from pages import (
    account,
    activation,
    activations,
    approvals,
    audit,
    catalogue,
    companies,
    connections,
    definition,
    profiles,
    quarantine,
    segment,
    segment_actions,
    segment_members,
    segment_review,
    segment_versions,
    set_up,
    shell,
    sync_run,
    team,
    test_event,
    timeline,
)
from pages.builder import preview, suggestions, views


@login_not_required
def favicon(_request: HttpRequest) -> HttpResponse:
    """Browsers ask for this on pages that name no icon, such as the admin site's."""
    return redirect(static("favicon.svg"))


urlpatterns = [
    path("", RedirectView.as_view(pattern_name="segment-list"), name="home"),
    path("favicon.ico", favicon),
    path("segments/", catalogue.segment_list, name="segment-list"),
    path("segment-sizes/", catalogue.segment_sizes, name="segment-sizes"),
    path("segments/new/", views.segment_new, name="segment-new"),
    path("segments/new/draft/", views.draft_keep, name="segment-new-draft"),
    path("segments/<slug:key>/edit/", views.segment_edit, name="segment-edit"),
    path("segments/<slug:key>/draft/", views.draft_keep, name="segment-draft"),
    path("rules/preview/", preview.rule_preview, name="rule-preview"),
    path("rules/values/", suggestions.trait_values, name="trait-values"),
    path("jsi18n/", JavaScriptCatalog.as_view(), name="javascript-catalog"),
    path("segments/<slug:key>/", segment.segment_page, name="segment-page"),
    path("segments/<slug:key>/versions/<int:number>/outline/", definition.segment_outline, name="segment-outline"),
    path("segments/<slug:key>/versions/<int:number>/changes/", definition.segment_changes, name="segment-changes"),
    path("segments/<slug:key>/members/", segment_members.segment_members, name="segment-members"),
    path("segments/<slug:key>/members.csv", segment_members.segment_members_file, name="segment-members-file"),
    path("segments/<slug:key>/versions/", segment_versions.segment_versions, name="segment-versions"),
    path("segments/<slug:key>/versions/<int:number>/", segment_review.segment_version, name="segment-version"),
    path("segments/<slug:key>/versions/<int:number>/propose/", segment_review.propose, name="segment-propose"),
    path("segments/<slug:key>/versions/<int:number>/approve/", segment_review.approve, name="segment-approve"),
    path("segments/<slug:key>/versions/<int:number>/reject/", segment_review.reject, name="segment-reject"),
    path("segments/<slug:key>/versions/<int:number>/publish/", segment_review.publish, name="segment-publish"),
    path("segments/<slug:key>/versions/<int:number>/schedule/", segment_review.schedule, name="segment-schedule"),
    path("segments/<slug:key>/versions/<int:number>/unschedule/", segment_review.unschedule, name="segment-unschedule"),
    path("segments/<slug:key>/versions/<int:number>/override/", segment_review.override, name="segment-override"),
    path("segments/<slug:key>/versions/<int:number>/again/", segment_versions.roll_back, name="segment-roll-back"),
    path("segments/<slug:key>/runs/", segment.segment_runs, name="segment-runs"),
    path("segments/<slug:key>/progress/", segment.segment_progress, name="segment-progress"),
    path("segments/<slug:key>/activations/", segment.segment_activations, name="segment-activations"),
    path("segments/<slug:key>/audit/", segment.segment_audit, name="segment-audit"),
    path("segments/<slug:key>/recompute/", segment_actions.recompute, name="segment-recompute"),
    path("segments/<slug:key>/pause/", segment_actions.pause, name="segment-pause"),
    path("segments/<slug:key>/resume/", segment_actions.resume, name="segment-resume"),
    path("segments/<slug:key>/retire/", segment_actions.retire, name="segment-retire"),
    path("review/approvals/", approvals.approval_list, name="approval-list"),
    path("profiles/", profiles.profile_list, name="profile-list"),
    path("profiles/id/<int:pk>/", profiles.profile_page, name="profile-page"),
    path("profiles/id/<int:pk>/why/<slug:key>/", profiles.profile_why, name="profile-why"),
    path("profiles/id/<int:pk>/timeline/", timeline.profile_timeline, name="profile-timeline"),
    path("profiles/id/<int:pk>/event/", timeline.event_properties, name="profile-event"),
    path("profiles/id/<int:pk>/test-event/", test_event.send, name="test-event"),
    path("profiles/id/<int:pk>/sent/", profiles.profile_sent, name="profile-sent"),
    path(f"profiles/<{NAME}:external_id>/", profiles.profile_page, name="profile-page"),
    path("companies/id/<int:pk>/why/<slug:key>/", companies.company_why, name="company-why"),
    path("companies/id/<int:pk>/sent/", companies.company_sent, name="company-sent"),
    path(f"companies/<{NAME}:external_id>/", companies.company_page, name="company-page"),
    path("activations/", activations.activation_list, name="activation-list"),
    path("activations/new/", set_up.activation_new, name="activation-new"),
    path("activations/new/sample/", set_up.mapping_sample, name="mapping-sample"),
    path("activations/<slug:key>/", activation.activation_page, name="activation-page"),
    path("activations/<slug:key>/edit/", set_up.activation_edit, name="activation-edit"),
    path("activations/<slug:key>/pause/", activation.pause, name="activation-pause"),
    path("activations/<slug:key>/resume/", activation.resume, name="activation-resume"),
    path("activations/<slug:key>/sync/", activation.sync_now, name="activation-sync"),
    path("activations/<slug:key>/delete/", activation.delete, name="activation-delete"),
    path("sync-runs/<int:number>/", sync_run.sync_run_page, name="sync-run-page"),
    path("sync-runs/<int:number>/confirm/", sync_run.confirm_removal, name="sync-run-confirm"),
    path("connections/new/", connections.connection_new, name="connection-new"),
    path("connections/<int:number>/", connections.connection_page, name="connection-page"),
    path("connections/<int:number>/test/", connections.connection_test, name="connection-test"),
    path("connections/<int:number>/delete/", connections.connection_delete, name="connection-delete"),
    path("teams/<slug:key>/", team.team_settings, name="team-settings"),
    path("teams/<slug:key>/members/", team.team_members, name="team-members"),
    path("teams/<slug:key>/members/<int:number>/role/", team.member_role, name="member-role"),
    path("teams/<slug:key>/members/<int:number>/remove/", team.member_remove, name="member-remove"),
    path("teams/<slug:key>/members/<int:number>/permission/", team.member_permission, name="member-permission"),
    path("teams/<slug:key>/connections/", connections.connection_list, name="connection-list"),
    path("account/", account.account, name="account"),
    path("tokens/", account.tokens, name="tokens"),
    path("tokens/<slug:prefix>/revoke/", account.token_revoke, name="token-revoke"),
    path("audit/", audit.audit_log, name="audit-log"),
    path("audit/file/", audit.audit_file, name="audit-file"),
    path("choose-team/", shell.choose_team, name="team-choice"),
    path("data/quarantine/", quarantine.quarantine, name="quarantine"),
    path("data/quarantine/<int:number>/replay/", quarantine.replay, name="quarantine-replay"),
    path("data/quarantine/<int:number>/discard/", quarantine.discard, name="quarantine-discard"),
]
