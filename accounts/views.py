"""Signing in, and one's own password."""

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import LoginView, PasswordChangeView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts import services
from accounts.actors import actor_of
from accounts.forms import OwnPasswordForm, SignInForm


class SignIn(LoginView):
    """The only page for people who have not signed in; whoever has is sent on."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


class OwnPassword(PasswordChangeView):
    """A new password for oneself, set through the service; other sessions end, this one gets a new key."""

    template_name = "accounts/password.html"
    form_class = OwnPasswordForm

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        """Raises nothing: the form has asked the same validators."""
        actor = actor_of(self.request)
        changed = services.set_password(actor=actor, user=form.user, password=form.cleaned_data["new_password1"])
        update_session_auth_hash(self.request, changed)
        return redirect("home")


@login_not_required
def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """In place of the admin site's own page, which counts no wrong passwords."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next", ""))
