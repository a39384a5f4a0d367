"""What somebody does in one sitting: in the app, on the website, at the support desk.

The same functions tell the past and the present: `demo.live` calls them for what happens now.
"""

from random import Random

from demo.world.events import Log
from demo.world.people import Person

DEVICES = ("web", "web", "web", "ios", "android")
PAGES = ("/", "/features", "/docs/getting-started", "/blog/cash-flow", "/integrations", "/changelog", "/pricing")
READERS_PAGES = ("/", "/features", "/blog/cash-flow", "/blog/late-payments", "/customers", "/pricing", "/pricing/teams")
REFERRERS = ("search", "newsletter", "direct", "direct", "partner")
TEMPLATES = ("blank", "retainer", "fixed price")
REPORTS = ("revenue", "open invoices", "time by project", "tax")
TOPICS = ("billing", "import", "integration", "invoice layout", "sign-in")
PRIORITIES = ("low", "normal", "normal", "high")
CURRENCIES = {"GB": "GBP", "US": "USD", "SE": "SEK", "PL": "PLN", "IN": "INR"}


def sitting(log: Log, random: Random, person: Person, second: int) -> None:
    """A log-in and what follows it within the hour."""
    who, chance = person.key, random.random
    log.rows["Logged in"].append((who, "", second, DEVICES[int(chance() * 5)]))
    if chance() < 0.42:
        invoice(log, random, person, second + 60 + int(chance() * 900))
    if chance() < 0.13:
        log.rows["Report exported"].append((who, "", second + 900 + int(chance() * 900), REPORTS[int(chance() * 4)]))
    if chance() < 0.07:
        log.rows["Project created"].append((who, "", second + 1_800, TEMPLATES[int(chance() * 3)]))
    if chance() < 0.3:
        page = PAGES[int(chance() * 7)]
        log.rows["Page viewed"].append((who, "", second + 2_000 + int(chance() * 600), page, "direct"))
    if chance() < 0.02:
        ticket(log, random, person, second + 2_700)


def invoice(log: Log, random: Random, person: Person, second: int) -> None:
    """An invoice, which most people send."""
    amount, currency = round(random.lognormvariate(6.2, 0.9), 2), CURRENCIES.get(person.country, "EUR")
    log.rows["Invoice created"].append((person.key, "", second, amount, currency))
    if person.sends_invoices and random.random() < 0.84:
        log.rows["Invoice sent"].append((person.key, "", second + 240, amount, currency))


def reading(log: Log, random: Random, person: Person, second: int) -> None:
    """Some pages of the website, one after the other."""
    referrer = random.choice(REFERRERS)
    for page in range(1 + int(random.random() * 3)):
        path = READERS_PAGES[int(random.random() * 7)]
        log.rows["Page viewed"].append((person.key, "", second + 70 * page, path, referrer))


def ticket(log: Log, random: Random, person: Person, second: int) -> None:
    """A question to the support desk, and its answer some hours later."""
    topic, hours = random.choice(TOPICS), round(random.lognormvariate(1.8, 0.9), 1)
    satisfaction = random.choice((None, None, 3, 4, 5, 5))
    log.rows["Ticket opened"].append((person.key, "", second, topic, random.choice(PRIORITIES)))
    log.rows["Ticket solved"].append((person.key, "", second + int(hours * 3_600), topic, hours, satisfaction))
