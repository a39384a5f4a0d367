"""Routes of the demo, which are there only while it is on (`DEMO`)."""

from django.urls import path

from demo.receiver import views

urlpatterns = [
    path("demo/receiver/", views.received, name="demo-receiver"),
    path("demo/receiver/inbox/", views.take, name="demo-receiver-inbox"),
]
