"""Who may call what."""

from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.permissions import may_see_personal_data


class SeesPersonalData(IsAuthenticated):
    """Lets those pass who may see personal data."""

    message = "This shows personal data, which only administrators may see."

    def has_permission(self, request: Request, view: APIView) -> bool:
        """After the check that somebody is signed in, so that those who are not are told so."""
        return super().has_permission(request, view) and may_see_personal_data(request.user)
