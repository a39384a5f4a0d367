"""A person who has left traces everywhere, all of which say SENTINEL, and another who has done the same things."""

import json
from dataclasses import dataclass
from typing import Any

from accounts.actors import INSTALLATION
from lib import clock
from profiles.imports import files
from profiles.lake import copies, flush
from profiles.models import Import, Profile
from profiles.services import set_consent, suppress
from tests.accounts.cast import make_team
from tests.profiles.ingest.customers import profile
from tests.profiles.tracking.sending import Sender, batch, identify, make_sender, track

SENTINEL = "sentinel7f3a"


@dataclass(frozen=True)
class Traces:
    """Two profiles and the program that sent what is known of them."""

    person: Profile
    other: Profile
    shop: Sender


def does(user: str, mark: str) -> list[dict[str, Any]]:
    """What one of them does: is a visitor first, signs up, buys, at a company."""
    return [
        {"type": "track", "event": "Visit", "anonymousId": f"{mark}-device", "properties": {"page": f"{mark} page"}},
        identify(user, email=f"{mark}@example.org", phone="+4420794600" + str(len(mark)), name=f"{mark} name"),
        {"type": "group", "userId": user, "groupId": "acme", "traits": {"name": "Acme"}},
        track("Bought", user, messageId=f"{mark}-order", properties={"what": f"{mark} thing"}),
    ]


def made() -> Traces:
    """Both with events in the lake, in the tail and in quarantine, a merge, consent, and rejected rows."""
    shop = make_sender()
    for user, mark in (("p1", SENTINEL), ("o1", "other")):
        shop.send("batch", batch(*does(user, mark)))
    flush.flush_tail()
    copies.copy_changes()
    for user, mark in (("p1", SENTINEL), ("o1", "other")):
        shop.send("track", track("Visit", user, anonymousId=f"{mark}-device", properties={"page": f"{mark} again"}))
        shop.send("track", track("Bought", user, properties={"what": 5}, context={"who": f"{mark} said"}))
        set_consent(actor=INSTALLATION, profile=profile(user), states={"email": "granted"}, source=f"{mark} form")
        suppress(actor=INSTALLATION, profile=profile(user), channel="ads", reason=f"{mark} asked", source="letter")
    _rejected()
    return Traces(profile("p1"), profile("o1"), shop)


def _rejected() -> None:
    row = Import.objects.create(
        team=make_team("importing"), kind="profiles", state="partial", size=1, finished_at=clock.now()
    )
    path = files.rejects_of(row.pk)
    path.parent.mkdir(parents=True)
    said = [{"external_id": user, "plan": mark} for user, mark in (("p1", SENTINEL), ("o1", "other"))]
    lines = [f"people.csv,{place},the plan is no number,{_cell(raw)}" for place, raw in enumerate(said)]
    path.write_text("\r\n".join(["file,line,reason,row", *lines, ""]))


def _cell(raw: object) -> str:
    return '"' + json.dumps(raw).replace('"', '""') + '"'
