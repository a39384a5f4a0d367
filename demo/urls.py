"""Routes of the demo, which are there only while it is on (`DEMO`)."""

from django.urls import path

from demo.receiver import views
from demo.tools import views as tools

urlpatterns = [
    path("demo/receiver/", views.received, name="demo-receiver"),
    path("demo/receiver/inbox/", views.take, name="demo-receiver-inbox"),
    path("demo/tools/", tools.tools, name="demo-tools"),
    path("demo/tools/<slug:kind>/connect/", tools.connect, name="demo-tool-connect"),
    path("demo/tools/<slug:kind>/behave/", tools.behave, name="demo-tool-behave"),
    path("demo/tools/<slug:kind>/api/<path:path>", tools.call, name="demo-tool-call"),
]
