"""Routes of connections, activations and sync runs below ``/api/v1/``."""

from django.urls import path

from activations.api.views.activations import (
    ActivationsView,
    ActivationView,
    PauseActivationView,
    ResumeActivationView,
    RetryActivationView,
    SyncActivationView,
    TestActivationView,
)
from activations.api.views.connections import ConnectionsView, ConnectionView, DestinationsView, TestConnectionView
from activations.api.views.lineage import LineageView
from activations.api.views.people import ProfileDeliveriesView
from activations.api.views.plan import PlanView
from activations.api.views.runs import CancelSyncView, ConfirmRemovalView, SyncRunsView, SyncRunView
from lib.rest.paths import NAME

urlpatterns = [
    path("segments/<slug:key>/lineage", LineageView.as_view(), name="api-lineage"),
    path("segments/<slug:key>/plan", PlanView.as_view(), name="api-plan"),
    path("destinations", DestinationsView.as_view(), name="api-destinations"),
    path("connections", ConnectionsView.as_view(), name="api-connections"),
    path("connections/<int:number>", ConnectionView.as_view(), name="api-connection"),
    path("connections/<int:number>/test", TestConnectionView.as_view(), name="api-connection-test"),
    path("activations", ActivationsView.as_view(), name="api-activations"),
    path("activations/<slug:key>", ActivationView.as_view(), name="api-activation"),
    path("activations/<slug:key>/pause", PauseActivationView.as_view(), name="api-activation-pause"),
    path("activations/<slug:key>/resume", ResumeActivationView.as_view(), name="api-activation-resume"),
    path("activations/<slug:key>/sync", SyncActivationView.as_view(), name="api-activation-sync"),
    path("activations/<slug:key>/test", TestActivationView.as_view(), name="api-activation-test"),
    path("activations/<slug:key>/retry", RetryActivationView.as_view(), name="api-activation-retry"),
    path(f"profiles/<{NAME}:external_id>/deliveries", ProfileDeliveriesView.as_view(), name="api-profile-deliveries"),
    path("sync-runs", SyncRunsView.as_view(), name="api-sync-runs"),
    path("sync-runs/<int:number>", SyncRunView.as_view(), name="api-sync-run"),
    path("sync-runs/<int:number>/cancel", CancelSyncView.as_view(), name="api-sync-run-cancel"),
    path("sync-runs/<int:number>/confirm", ConfirmRemovalView.as_view(), name="api-sync-run-confirm"),
]
