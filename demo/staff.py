"""Who works at Harbourline: four people in three teams, and their password."""

from django.db import transaction

from accounts.actors import INSTALLATION, Actor
from accounts.models import Role, Team, TeamMember, User
from accounts.services import create_team, create_user, set_administrator, set_personal_data_permission, set_role

PASSWORD = "harbourline"  # noqa: S105  (printed at every start; SECURITY.md says what not to put into a demo)
TEAMS = {"marketing": ("Marketing", "#3b5bdb"), "sales": ("Sales", "#0b8a6a"), "product": ("Product", "#ae3ec9")}
STAFF = {
    "maya": ("Maya Lindqvist", "marketing", "marketer"),
    "jonas": ("Jonas Weber", "sales", "salesperson"),
    "priya": ("Priya Nair", "product", "product manager"),
}
SEE_CUSTOMERS = ("maya", "jonas")
"""Who may see personal data; the others see how it is to work without."""
ADMINISTRATOR = ("ada", "Ada Okafor", "administrator")


def sign_ins() -> list[tuple[str, str]]:
    """The address of each member of staff, and what they are."""
    people = [(address(key), words) for key, (_, _, words) in STAFF.items()]
    people.append((address(ADMINISTRATOR[0]), ADMINISTRATOR[2]))
    return [(email, f"{words}; password {PASSWORD}") for email, words in people]


def address(key: str) -> str:
    """With which somebody signs in."""
    return f"{key}@harbourline.example"


@transaction.atomic
def hire() -> dict[str, Actor]:
    """The people by key, as they act in a session; those who are not there yet are made."""
    administrator = _account(*ADMINISTRATOR[:2])
    if not administrator.is_superuser:
        set_administrator(actor=INSTALLATION, user=administrator, administrator=True)
        administrator.refresh_from_db()
    teams = {key: _team(key, name, colour) for key, (name, colour) in TEAMS.items()}
    staff = {ADMINISTRATOR[0]: Actor(administrator)}
    for key, (name, team, _) in STAFF.items():
        person = _account(key, name)
        if not TeamMember.objects.filter(team=teams[team], user=person).exists():
            set_role(actor=INSTALLATION, team=teams[team], user=person, role=Role.ADMIN)
        if key in SEE_CUSTOMERS and not person.sees_personal_data:
            person = set_personal_data_permission(actor=INSTALLATION, user=person, allowed=True)
        staff[key] = Actor(person)
    return staff


def _team(key: str, name: str, colour: str) -> Team:
    found = Team.objects.filter(key=key).first()
    return found or create_team(actor=INSTALLATION, key=key, name=name, colour=colour)


def _account(key: str, name: str) -> User:
    found = User.objects.filter(email=address(key)).first()
    return found or create_user(actor=INSTALLATION, email=address(key), name=name, password=PASSWORD)[0]
