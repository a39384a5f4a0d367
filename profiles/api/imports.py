"""``imports``: files that come over HTTP and a worker imports, as the commands do."""

from http import HTTPStatus
from typing import Any, ClassVar

from django.conf import settings
from django.http import FileResponse, Http404, UnreadablePostError
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import policy
from accounts.actors import Actor
from accounts.api.base import RegistryView
from accounts.api.names import team_named
from accounts.api.throttles import Heavy
from accounts.policy import Action
from lib.problems import Problem
from lib.rest.serializers import Nothing, page_of, read_body, read_query
from profiles.api import examples
from profiles.api.import_serializers import ImportDocument, ImportQuery, NewImport
from profiles.disclosures import disclose
from profiles.imports import files, selectors, services
from profiles.imports.files import CutOffError
from profiles.models import Import


class ImportsView(RegistryView):
    actions: ClassVar = {"GET": Action.READ_IMPORTS, "POST": Action.IMPORT}

    @extend_schema(parameters=[ImportQuery], responses=page_of(ImportDocument))
    def get(self, request: Request) -> Response:
        """List the imports of one's teams, the newest first."""
        asked = read_query(request, ImportQuery)
        names = {"team": "team__key", "kind": "kind", "state": "state"}
        wanted = {names[name]: value for name, value in asked.items() if name in names}
        return self.page(selectors.imports(actor=self.actor).filter(**wanted), self._shown, ordering="-id")

    @extend_schema(request=NewImport, responses={201: ImportDocument}, examples=examples.NEW_IMPORT)
    def post(self, request: Request) -> Response:
        """Ask for an import; its file is sent to `imports/{number}/file`."""
        asked = read_body(request, NewImport)
        team, kind = team_named(asked.pop("team")), asked.pop("kind")
        made = services.create_import(actor=self.actor, team=team, kind=kind, given=asked)
        where = {"Location": reverse("api-import", args=[made.pk])}
        return Response(_document(self.actor, made.pk), HTTPStatus.CREATED, headers=where)

    def _shown(self, rows: Any) -> list[Any]:
        return _disclosed(self.actor, list(rows))


class ImportView(RegistryView):
    actions: ClassVar = {"GET": Action.READ_IMPORTS}

    @extend_schema(responses=ImportDocument, examples=examples.IMPORT)
    def get(self, _request: Request, number: int) -> Response:
        """Read one import: ask again until its state is neither `queued` nor `running`.

        What went wrong may quote a value of the file; reading that is written to the audit log.
        """
        return Response(_disclosed(self.actor, [_import(self.actor, number)])[0])


class ImportFileView(RegistryView):
    actions: ClassVar = {"PUT": Action.IMPORT}
    throttle_classes = (Heavy,)

    @extend_schema(
        request={"application/octet-stream": OpenApiTypes.BINARY}, responses=ImportDocument, examples=examples.IMPORT
    )
    def put(self, request: Request, number: int) -> Response:
        """Send the file: CSV, JSON lines or Parquet, packed with gzip or not; told by its first bytes.

        The body is the file itself, with a `Content-Length`. Sending the same file again changes nothing, so a
        transfer that was cut off is begun anew.
        """
        row = _import(self.actor, number)
        policy.require(self.actor, Action.IMPORT, row.team)
        size = _size(request)
        try:
            services.attach_file(actor=self.actor, row=row, stream=request._request, size=size)
        except (CutOffError, UnreadablePostError) as error:
            detail = "The file was cut off on its way: send it again."
            raise Problem(HTTPStatus.BAD_REQUEST, "cut_off", detail) from error
        return Response(_document(self.actor, number))


class AcceptImportView(RegistryView):
    actions: ClassVar = {"POST": Action.IMPORT}

    @extend_schema(request=Nothing, responses=ImportDocument)
    def post(self, request: Request, number: int) -> Response:
        """Agree to the types in `additions`, which a `waiting` import asks for; they can't be changed later."""
        read_body(request, Nothing)
        services.accept_additions(actor=self.actor, row=_import(self.actor, number))
        return Response(_document(self.actor, number))


class CancelImportView(RegistryView):
    actions: ClassVar = {"POST": Action.IMPORT}

    @extend_schema(request=Nothing, responses=ImportDocument)
    def post(self, request: Request, number: int) -> Response:
        """End an import and delete its file; rows that were written stay."""
        read_body(request, Nothing)
        services.cancel_import(actor=self.actor, row=_import(self.actor, number))
        return Response(_document(self.actor, number))


class ImportRejectsView(RegistryView):
    actions: ClassVar = {"GET": Action.READ_PERSONAL}
    throttle_classes = (Heavy,)

    @extend_schema(responses={(200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, "file, line, reason, row")})
    def get(self, _request: Request, number: int) -> FileResponse:
        """Fetch the rows that were not taken, as CSV, for a week; written to the audit log."""
        row = _import(self.actor, number)
        path = files.rejects_of(row.pk)
        if row.state in Import.OPEN or not path.exists():
            raise Http404
        rows = row.counts.get("rejected", 0) + row.counts.get("rejected_values", 0)
        disclose(actor=self.actor, what="import.rejects", number=rows, target=row, team=row.team)
        return FileResponse(path.open("rb"), as_attachment=True, filename="rejects.csv", content_type="text/csv")


def _import(actor: Actor, number: int) -> Import:
    """An import of the actor's teams. Raises `Http404`."""
    return get_object_or_404(selectors.imports(actor=actor), pk=number)


def _document(actor: Actor, number: int) -> dict[str, Any]:
    return dict(ImportDocument(_import(actor, number)).data)


def _disclosed(actor: Actor, rows: Any) -> list[Any]:
    """The rows as documents; of those that may quote a customer's value, the reading is on record."""
    for row in (row for row in rows if row.failure):
        disclose(actor=actor, what="import", number=1, target=row, team=row.team)
    return list(ImportDocument(rows, many=True).data)


def _size(request: Request) -> int:
    """What the body says of its length. Raises `Problem`: 411 if nothing, 413 if that is too much."""
    said = request.headers.get("Content-Length", "")
    if not (said.isascii() and said.isdecimal() and int(said)):
        detail = "Send the file as the body, with its Content-Length: curl does so with -T FILE."
        raise Problem(HTTPStatus.LENGTH_REQUIRED, "length_required", detail)
    if int(said) > settings.IMPORT_MAX_MB * 1024 * 1024:
        detail = f"A file has at most {settings.IMPORT_MAX_MB} MiB: send it in parts, each as an import of its own."
        raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", detail)
    return int(said)
