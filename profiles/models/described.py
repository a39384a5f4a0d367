"""What people say of the traits, events and properties that data has brought."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

MOST_VALUES = 500
"""Values of one trait or property with synonyms: a longer list is a table of its own, and slow to look at."""
LONGEST_TEXT = 200


class Status(models.TextChoices):
    """Where the description of a thing of the catalogue stands. Rules may name it in any of these."""

    NEW = "new", _("New")
    ACCEPTED = "accepted", _("Described")
    HIDDEN = "hidden", _("Hidden")


class Serves(models.TextChoices):
    """The models of segmentation, by what they divide people by."""

    DEMOGRAPHIC = "demographic", _("Demographic")
    FIRMOGRAPHIC = "firmographic", _("Firmographic")
    GEOGRAPHIC = "geographic", _("Geographic")
    PSYCHOGRAPHIC = "psychographic", _("Psychographic")
    BEHAVIOURAL = "behavioural", _("Behavioural")
    TRANSACTIONAL = "transactional", _("Transactional")
    TECHNOGRAPHIC = "technographic", _("Technographic")
    NEEDS = "needs", _("Needs")
    VALUE = "value", _("Value")


class Described(models.Model):
    """Data brings it as `NEW`; a person names, describes and classifies it, or hides it from pickers."""

    status = models.CharField(max_length=8, choices=Status, default=Status.NEW, db_default=Status.NEW)
    label = models.CharField(max_length=150, blank=True, help_text=_("The name that pages and sentences show."))
    description = models.TextField(blank=True, default="", db_default="")
    serves = models.CharField(
        _("model"),
        max_length=13,
        choices=Serves,
        blank=True,
        default="",
        db_default="",
        help_text=_("The model of segmentation that it serves."),
    )

    class Meta:
        abstract = True


def check_synonyms(synonyms: Any) -> None:
    """Raises `ValidationError` unless it is stored value → list of other words for it, no word said twice."""
    if not isinstance(synonyms, dict) or not all(isinstance(words, list) for words in synonyms.values()):
        raise ValidationError(_("Say synonyms as an object: a stored value, and a list of other words for it."))
    if len(synonyms) > MOST_VALUES:
        raise ValidationError(_("At most %(most)s values have synonyms.") % {"most": MOST_VALUES})
    words = [word for each in synonyms.values() for word in each]
    for text in (*synonyms, *words):
        if not isinstance(text, str) or not text.strip() or len(text) > LONGEST_TEXT or "\0" in text:
            raise ValidationError(_("A value and a synonym are texts of 1 to %(most)s characters.") % _LONGEST)
    folded = [word.casefold() for word in words]
    for word, other in zip(words, folded, strict=True):
        if folded.count(other) > 1:
            raise ValidationError(_("“%(word)s” stands for more than one value.") % {"word": word})


_LONGEST = {"most": LONGEST_TEXT}


class Valued(Described):
    """A trait or a property: it has values."""

    personal = models.BooleanField(
        _("personal data"),
        default=False,
        db_default=False,
        help_text=_("Its values say who somebody is: shown only to people who may see personal data."),
    )
    measured_in = models.CharField(
        _("measured in"), max_length=50, blank=True, default="", db_default="", help_text=_("EUR, days, km, ...")
    )
    synonyms = models.JSONField(
        blank=True,
        default=dict,
        db_default={},
        validators=[check_synonyms],
        help_text=_("Other words for stored values, which the builder finds too."),
    )

    class Meta:
        abstract = True

    def clean(self) -> None:
        """A form's empty field is no synonyms."""
        self.synonyms = self.synonyms or {}
