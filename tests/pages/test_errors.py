"""What people see in place of a page."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from pytest_django import DjangoAssertNumQueries, Settings

from config import urls
from pages.errors import server_error

SECURE = "default-src 'none'"


def fail(_request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


def refuse(_request: HttpRequest) -> HttpResponse:
    raise PermissionDenied("This needs the role <editor>.")


def lose_the_database(_request: HttpRequest) -> HttpResponse:
    raise OperationalError("on purpose")


urlpatterns = [
    path("fail/", fail),
    path("refuse/", refuse),
    path("lose/", lose_the_database),
    *urls.urlpatterns,
]
handler500 = urls.handler500


@pytest.mark.parametrize(
    ("address", "status", "heading"),
    [
        ("/fail/", 500, "Something went wrong here"),
        ("/refuse/", 403, "You may not do this"),
        ("/lose/", 503, "The registry is not available"),
        ("/no-such-page/", 404, "There is no such page"),
    ],
)
def test_errors_say_what_happened_and_lead_back(
    signed_in: Client, settings: Settings, address: str, status: int, heading: str
) -> None:
    settings.ROOT_URLCONF = __name__
    signed_in.raise_request_exception = False
    response = signed_in.get(address)
    page = response.content.decode()
    assert response.status_code == status
    assert f'<h1 class="blank-title">{heading}</h1>' in page
    assert "Go to the segments" in page or "Try again" in page
    assert SECURE in response["Content-Security-Policy"]


def test_a_refusal_says_why_and_what_is_out_of_reach_when_to_come_back(signed_in: Client, settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__
    assert "This needs the role &lt;editor&gt;." in signed_in.get("/refuse/").content.decode()
    signed_in.raise_request_exception = False
    assert signed_in.get("/lose/").headers["Retry-After"] == "30"


def test_the_page_for_a_failure_needs_no_database(
    db: None, django_assert_num_queries: DjangoAssertNumQueries, rf: RequestFactory
) -> None:
    request = rf.get("/")
    request.COOKIES["theme"] = "dark"
    with django_assert_num_queries(0):
        response = server_error(request)
    assert response.status_code == 500
    assert 'data-bs-theme="dark"' in response.content.decode()


def test_a_form_without_its_token_is_explained(db: None) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/sign-in/", {"username": "a@example.com", "password": "x"})
    assert response.status_code == 403
    assert "This form has run out" in response.content.decode()
