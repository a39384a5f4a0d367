"""What Harbourline's data means: its sources, and each trait, event and property with type, name and description."""

from datetime import timedelta

from django.db import transaction

from accounts.actors import Actor
from demo.world.events import PROPERTIES
from profiles.catalogue import ensure_event_type, ensure_property, ensure_trait
from profiles.models import Source, Status
from profiles.services import create_source, describe_event_type, describe_property, describe_trait
from profiles.services.catalogue import SaidOfTrait

SOURCES = {  # what each is called, and how many days it promises to be silent at the most
    "app": ("Harbourline app", 1),
    "website": ("Website and newsletter", 1),
    "billing": ("Billing", 7),
    "crm": ("CRM", 7),
    "support": ("Support desk", 2),
    "surveys": ("Survey tool", 1),
}
TRAITS = (  # unit, key, type, source, label, description
    ("company", "name", "text", "crm", "name", "The name of the company in the CRM."),
    ("company", "industry", "text", "crm", "industry", "One of eight; chosen by the account manager."),
    ("company", "country", "text", "crm", "country", "Where its head office is: DE, GB, US and so on."),
    ("company", "employees", "number", "crm", "employees", "Everybody who works there, as the account manager knows."),
    ("company", "account_manager", "text", "crm", "account manager", "Who in Sales looks after it."),
    ("company", "status", "text", "billing", "status", "Prospect, Trial, Customer, Cancelled or Expired."),
    ("company", "plan", "text", "billing", "plan", "Trial, Starter, Team or Business; None for who pays nothing."),
    ("company", "contract", "text", "billing", "contract", "How long it runs: monthly or yearly."),
    ("company", "seats", "number", "billing", "seats", "How many people may work with Harbourline at once."),
    ("company", "mrr", "number", "billing", "monthly revenue", "Euros a month: seats times the price of the plan."),
    ("company", "lifetime_value", "number", "billing", "lifetime value", "Euros paid so far, all in all."),
    ("company", "customer_since", "datetime", "billing", "customer since", "The day of the first paid month."),
    ("company", "renewal_at", "datetime", "billing", "renewal", "When the contract is renewed next."),
    ("profile", "first_name", "text", "app", "first name", "As they write it themselves."),
    ("profile", "last_name", "text", "app", "last name", "As they write it themselves."),
    ("profile", "job_role", "text", "app", "job role", "What they do; asked at the first log-in."),
    ("profile", "language", "text", "app", "language", "The language in which they use the app: en, de, fr and so on."),
    ("profile", "signed_up_at", "datetime", "app", "sign-up time", "When they got their account."),
    ("profile", "country", "text", "crm", "country", "Where they work: DE, GB, US and so on."),
    ("profile", "birthday", "datetime", "crm", "birthday", "For contacts who have told their account manager."),
    ("profile", "newsletter", "boolean", "website", "newsletter subscription", "Whether they get the monthly letter."),
    ("profile", "channel", "text", "website", "first channel", "What brought them to the website the first time."),
    ("profile", "interests", "list", "website", "interests", "Ticked when they subscribed to the letter."),
)
SERVES = {  # the model of segmentation that each trait serves
    "firmographic": ("name", "industry", "employees", "account_manager"),
    "geographic": ("country",),
    "transactional": ("status", "plan", "contract", "seats", "customer_since", "renewal_at"),
    "value": ("mrr", "lifetime_value"),
    "demographic": ("first_name", "last_name", "job_role", "language", "birthday"),
    "behavioural": ("signed_up_at", "newsletter", "channel"),
    "needs": ("interests",),
}
PERSONAL = ("first_name", "last_name", "birthday")
MEASURED_IN = {"mrr": "EUR a month", "lifetime_value": "EUR", "employees": "people", "seats": "people"}
SYNONYMS = {
    "country": {"DE": ["Germany", "Deutschland"], "GB": ["UK", "Great Britain"], "US": ["USA", "United States"]},
    "plan": {"None": ["free", "no plan"], "Business": ["enterprise"]},
}
EVENTS = {  # what each means; names and properties are in `demo.world.events`
    "Logged in": "Somebody opened the app after at least an hour away.",
    "Invoice created": "A draft of an invoice was saved.",
    "Invoice sent": "An invoice went out to somebody's customer.",
    "Project created": "A project was set up, blank or from a template.",
    "Import finished": "Customers were brought along from another tool.",
    "Report exported": "A report was saved as a file.",
    "Teammate invited": "A colleague was asked to join.",
    "Page viewed": "A page of the website was looked at by somebody we know.",
    "Newsletter opened": "The monthly letter was opened.",
    "Demo requested": "Somebody asked to be shown around.",
    "Checkout started": "A plan and seats were chosen, and the checkout was opened.",
    "Trial started": "The fourteen days began.",
    "Checkout completed": "The order was placed.",
    "Plan changed": "The company is on another plan from now on.",
    "Subscription cancelled": "The company will not renew.",
    "Payment received": "A month or a year was paid.",
    "Payment failed": "A payment was refused; it is tried again three days later.",
    "Ticket opened": "A question reached the support desk.",
    "Ticket solved": "The support desk closed a question.",
}
TYPES = {  # of properties; the others are texts
    **dict.fromkeys(("amount", "rows", "seats", "mrr_change", "mrr_lost", "hours", "satisfaction"), "number"),
}
LABELS = {"mrr_change": "change of monthly revenue", "mrr_lost": "monthly revenue lost", "rows": "number of rows"}


@transaction.atomic
def describe(administrator: Actor) -> None:
    """Make and describe what is not there yet."""
    there = set(Source.objects.values_list("key", flat=True))
    for key, (name, days) in SOURCES.items():
        if key not in there:
            create_source(actor=administrator, key=key, name=name, promise=timedelta(days=days))
    sources = {source.key: source for source in Source.objects.all()}
    for unit, key, kind, source, label, description in TRAITS:
        trait = ensure_trait(unit=unit, key=key, type=kind, source=sources[source])
        if not trait.label:
            told: SaidOfTrait = {"label": label, "description": description, **_classified(key)}
            describe_trait(actor=administrator, trait=trait, **told)
    for source, events in PROPERTIES.items():
        for event, properties in events.items():
            _describe_event(administrator, event, properties, sources[source])


def _describe_event(administrator: Actor, event: str, properties: tuple[str, ...], source: Source) -> None:
    kind = ensure_event_type(name=event, source=source)
    if not kind.description:
        serves = "transactional" if source.key == "billing" else "behavioural"
        said = EVENTS[event]
        describe_event_type(actor=administrator, event_type=kind, label=event, description=said, serves=serves)
    for key in properties:
        made = ensure_property(event_type=kind, key=key, type=TYPES.get(key, "text"))
        if made.status == Status.NEW:
            describe_property(actor=administrator, event_property=made, label=LABELS.get(key, ""))


def _classified(key: str) -> SaidOfTrait:
    """What people say of a trait beside its name."""
    return {
        "serves": next(serves for serves, keys in SERVES.items() if key in keys),
        "personal": key in PERSONAL,
        "measured_in": MEASURED_IN.get(key, ""),
        "synonyms": SYNONYMS.get(key, {}),
    }
