"""Signing in."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from accounts.forms import SignInForm


class SignIn(LoginView):
    """The only page for people who have not signed in; whoever has is sent on."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


@login_not_required
def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """In place of the admin site's own page, which counts no wrong passwords."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next", ""))
