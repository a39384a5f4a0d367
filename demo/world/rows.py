"""What is known on a day: the rows of the files from which companies and people are imported."""

import json
from datetime import datetime, timedelta
from typing import Any

from demo.world import DAYS
from demo.world.companies import Company
from demo.world.people import Person


def company_row(company: Company, day: int, today: datetime) -> dict[str, Any]:
    """A company as the CRM and the billing system know it on a day."""
    return {
        "external_id": company.key,
        "name": company.name,
        "industry": company.industry,
        "country": company.country,
        "employees": company.employees,
        "account_manager": company.manager,
        **billing(company, day, today),
    }


def billing(company: Company, day: int, today: datetime) -> dict[str, Any]:
    """What of a company changes with time."""
    state = company.state(day)
    paying = next((one.day for one in company.states if one.mrr and one.day <= day), None)
    renewal = company.renewal(day)
    return {
        "status": state.status,
        "plan": state.plan,
        "contract": ("yearly" if company.yearly else "monthly") if state.mrr else None,
        "seats": state.seats,
        "mrr": state.mrr,
        "lifetime_value": company.paid_by(day),
        "customer_since": instant(today, paying) if paying is not None else None,
        "renewal_at": instant(today, renewal) if renewal is not None else None,
    }


def person_row(person: Person, today: datetime) -> dict[str, Any]:
    """A person as the app, the CRM and the website know them."""
    return {
        "external_id": person.key,
        "email": person.email,
        "company_id": person.company.key if person.company else None,
        "first_name": person.first,
        "last_name": person.last,
        "job_role": person.role if person.company else None,
        "country": person.country,
        "language": person.language,
        "signed_up_at": instant(today, person.joined),
        "birthday": person.birthday,
        "newsletter": str(person.newsletter).lower(),
        "channel": person.channel,
        "interests": json.dumps(person.interests),
    }


def instant(today: datetime, day: int) -> str:
    """Midnight of a day, as an import file writes it."""
    return (today - timedelta(days=DAYS - day)).strftime("%Y-%m-%dT%H:%M:%SZ")
