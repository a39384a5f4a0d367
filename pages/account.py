"""One's own account and one's tokens."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import policy, selectors, services
from accounts.actors import Actor, actor_of
from accounts.models import Scope, Session, TeamMember, Token, User
from accounts.policy import Action
from lib import agents, clock
from pages.styled import style

if TYPE_CHECKING:
    UserBase = forms.ModelForm[User]
else:
    UserBase = forms.ModelForm

SCOPES = {
    Scope.READ: gettext_lazy("read segments, catalogue, activations and runs"),
    Scope.WRITE: gettext_lazy("make, change and send, where you may"),
    Scope.MEMBERS: gettext_lazy("see who is in a segment, if you may see personal data"),
    Scope.PII: gettext_lazy("see customers and their values, if you may see personal data"),
    Scope.ADMIN: gettext_lazy("make and revoke tokens, and administer where you may"),
}
DAYS = (7, 30, 90, 180, 365)
USUAL = 90


@dataclass(frozen=True, slots=True)
class Place:
    """Where one is signed in: a device in words, and whether this is it."""

    public_id: str
    device: str
    session: Session
    is_here: bool


class AccountForm(UserBase):
    """How one is called and signs in."""

    class Meta:
        model = User
        fields = ("name", "email")


class TokenForm(forms.Form):
    """A token to make."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=150, help_text=gettext_lazy("What will use it."))
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"),
        choices=list(SCOPES.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one thing that it may do.")},
    )
    days = forms.TypedChoiceField(label=gettext_lazy("It ends after"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = self.fields["days"]
        assert isinstance(days, forms.TypedChoiceField)
        days.choices = [(number, _("%(number)d days") % {"number": number}) for number in DAYS]
        style(self)


def account(request: HttpRequest) -> HttpResponse:
    """Name, address, roles, permission, and where one is signed in."""
    actor = actor_of(request)
    user = _user(actor)
    form = AccountForm(request.POST if request.method == "POST" else None, instance=user)
    style(form)
    if request.method == "POST" and form.is_valid():
        services.change_user(actor=actor, user=user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("account")
    context = {
        "tab": "account",
        "form": form,
        "roles": TeamMember.objects.filter(user=user).select_related("team").order_by("team__name"),
        "sees_personal_data": policy.allows(actor, Action.READ_PERSONAL),
        "session_ends": request.session.get_expiry_date(),
        "sessions": [
            Place(str(row.public_id), agents.described(row.agent), row, row.pk == request.session.session_key)
            for row in selectors.sessions(actor=actor)
        ],
        "now": clock.now(),
    }
    return render(request, "account/account.html", context)


@require_POST
def end_session(request: HttpRequest, session: UUID) -> HttpResponse:
    """Sign out of one of one's sessions."""
    actor = actor_of(request)
    services.end_session(actor=actor, session=get_object_or_404(selectors.sessions(actor=actor), public_id=session))
    messages.success(request, _("Signed out there."))
    return redirect("account")


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    actor = actor_of(request)
    services.end_other_sessions(actor=actor, user=_user(actor), kept=request.session.session_key or "")
    messages.success(request, _("Signed out everywhere else."))
    return redirect("account")


@never_cache
def tokens(request: HttpRequest) -> HttpResponse:
    """One's tokens; POST makes one and shows it, this once."""
    actor = actor_of(request)
    form = TokenForm(request.POST if request.method == "POST" else None, initial={"days": USUAL, "scopes": ["read"]})
    secret = _make(actor, form) if request.method == "POST" and form.is_valid() else None
    if secret:
        form = TokenForm(initial={"days": USUAL, "scopes": ["read"]})
    return render(request, "account/tokens.html", {**_context(actor), "form": form, "secret": secret})


@require_POST
def token_revoke(request: HttpRequest, prefix: str) -> HttpResponse:
    """End a token now; asks for its name, since whatever uses it stops working."""
    actor = actor_of(request)
    token = get_object_or_404(_own(actor), prefix=prefix)
    if request.POST.get("name", "").strip() != token.name:
        wrong = _("Type %(name)s to revoke this token; nothing has changed.") % {"name": token.name}
        form = TokenForm(initial={"days": USUAL, "scopes": ["read"]})
        return render(request, "account/tokens.html", {**_context(actor), "form": form, "wrong": {token.pk: wrong}})
    services.revoke_token(actor=actor, token=token)
    messages.success(request, _("%(name)s is revoked: it stopped working at once.") % {"name": token.name})
    return redirect("tokens")


def _context(actor: Actor) -> dict[str, Any]:
    return {"tab": "tokens", "tokens": list(_own(actor)), "now": clock.now(), "wrong": {}}


def _own(actor: Actor) -> Any:
    """The newest first; administrators revoke those of others on the admin site."""
    return selectors.tokens(actor=actor).filter(user=actor.user)


def _make(actor: Actor, form: TokenForm) -> tuple[Token, str] | None:
    given = form.cleaned_data
    ends = clock.now() + timedelta(days=given["days"])
    try:
        return services.create_token(
            actor=actor, user=_user(actor), name=given["name"], scopes=given["scopes"], expires_at=ends
        )
    except ValidationError as error:
        form.add_error(None, ValidationError(error.messages))
    return None


def _user(actor: Actor) -> User:
    assert actor.user is not None  # pages are for people who have signed in
    return actor.user
