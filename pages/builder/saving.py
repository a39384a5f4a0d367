"""From a form that is filled in to a segment with a new version: all of it, or nothing with the reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from lib import clock
from pages.builder.forms import ContractForm, EditForm, NewForm, told
from segments import services
from segments.models import Segment, SegmentVersion
from segments.rules.documents import Loaded, load
from segments.rules.errors import DefinitionErrors
from segments.services import NewerVersionError
from segments.services.contract import CONTRACT, contract_of
from segments.services.publishing import refuse_unready


class Intent(StrEnum):
    """What a person wants with the rule once it is saved."""

    SAVE = "save"
    REVIEW = "review"
    """Look at what publishing would change, on the version's own page."""
    PROPOSE = "propose"
    PUBLISH = "publish"


class OverwritesError(Exception):
    """Somebody else has changed the same fields of the contract; `fields` are their labels."""

    def __init__(self, fields: list[str]) -> None:
        self.fields = fields
        super().__init__(", ".join(fields))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of saving: the segment and its version, or what stood in the way. The form has the other reasons."""

    version: SegmentVersion | None = None
    newer: SegmentVersion | None = None
    overwrites: list[str] = field(default_factory=list)


def save_new(form: NewForm, *, actor: Actor, intent: Intent) -> Outcome:
    """Make the segment, its first version, and do with that what is intended."""

    def save() -> SegmentVersion:
        given = form.cleaned_data
        segment = services.create_segment(
            actor=actor, key=given["key"], team=given["team"], unit=given["unit"], **form.contract
        )
        return _save_version(form, segment, actor, intent, after=None)

    return _attempt(form, save)


def save_edit(form: EditForm, segment: Segment, *, actor: Actor, intent: Intent) -> Outcome:
    """Change what of the contract this person has changed, and save the rule as a new version if it is another."""

    def save() -> SegmentVersion:
        locked = Segment.objects.select_for_update(of=("self",)).select_related("owner").get(pk=segment.pk)
        _change_contract(form, locked, actor)
        return _save_version(form, locked, actor, intent, after=form.cleaned_data["base"] or 0)

    return _attempt(form, save)


def _attempt(form: ContractForm, save: Any) -> Outcome:
    """Save in one transaction; refusals are put on the form."""
    try:
        with transaction.atomic():
            return Outcome(save())
    except NewerVersionError as error:
        return Outcome(newer=error.version)
    except OverwritesError as error:
        return Outcome(overwrites=error.fields)
    except DefinitionErrors as errors:
        for mistake in errors.errors:
            form.add_error("definition", f"{mistake.path}: {mistake.message}" if mistake.path else mistake.message)
    except ValidationError as error:
        _add_by_field(form, error)
    except PermissionDenied as error:
        form.add_error(None, str(error))
    return Outcome()


def _change_contract(form: EditForm, segment: Segment, actor: Actor) -> None:
    present = contract_of(segment)
    now, mine = told(present), told(form.contract)
    given = form.cleaned_data["seen"]
    seen = given if isinstance(given, dict) else now
    changed = [name for name in CONTRACT if mine[name] not in (seen.get(name), now[name])]
    overwritten = [str(form.fields[name].label) for name in changed if now[name] != seen.get(name)]
    if overwritten:
        raise OverwritesError(overwritten)
    if changed:
        contract = present | {name: form.contract[name] for name in changed}
        services.change_contract(actor=actor, segment=segment, **contract)


def _save_version(
    form: ContractForm, segment: Segment, actor: Actor, intent: Intent, *, after: int | None
) -> SegmentVersion:
    loaded = load(form.cleaned_data["definition"])
    services.checked(segment, loaded, actor=actor)
    version = _unchanged(segment, loaded, after)
    if version is None:
        assert isinstance(loaded.document, dict)
        version = services.save_version(
            actor=actor,
            segment=segment,
            definition=loaded.document,
            note=form.cleaned_data["note"],
            after=after,
        )
    if version.state == SegmentVersion.State.PUBLISHED:
        return version
    if intent is Intent.PUBLISH:
        services.publish(actor=actor, version=version)
    elif intent is Intent.PROPOSE and version.state == SegmentVersion.State.DRAFT:
        services.propose(actor=actor, version=version)
    elif intent is Intent.REVIEW:
        refuse_unready(actor, version, on=clock.now().date())
    return version


def _unchanged(segment: Segment, loaded: Loaded, after: int | None) -> SegmentVersion | None:
    """The version that was edited, if its rule has stayed as it was and it is the newest still."""
    newest = SegmentVersion.objects.filter(segment=segment).order_by("-number").first()
    if newest is None or newest.number != after:
        return None
    return newest if newest.definition == loaded.document else None


def _add_by_field(form: ContractForm, error: ValidationError) -> None:
    """Each refusal at its field, where the form has it."""
    by_field: Mapping[str, list[str]] = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for name, messages in by_field.items():
        for message in messages:
            form.add_error(name if name in form.fields else None, message)


def conflict_words(outcome: Outcome) -> str:
    """What somebody else did meanwhile."""
    if outcome.newer is not None:
        author = outcome.newer.author or _("Somebody")
        said = _("%(author)s saved version %(number)d while you edited.")
        return said % {"author": author, "number": outcome.newer.number}
    said = _("Somebody else changed this while you edited: %(fields)s. Your text is below and not saved yet.")
    return said % {"fields": ", ".join(outcome.overwrites)}
