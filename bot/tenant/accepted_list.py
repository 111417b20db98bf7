"""The staff list that was accepted last: staff-accepted.json beside the staff list's file."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, time
from pathlib import Path
from typing import Any

from bot.errors import SettingsError
from bot.people.rules.person import Person, Role
from bot.tenant.kept_file import write_whole


def read_accepted(file: Path) -> tuple[Person, ...]:
    """Everybody in it, nobody if there is none yet; raises SettingsError if it is damaged."""
    if not file.is_file():
        return ()
    try:
        return tuple(_person(row) for row in json.loads(file.read_text(encoding="utf-8"))["people"])
    except Exception as error:  # whatever is wrong with it
        raise SettingsError(
            f"{file.name} is damaged: put a copy of it back, or delete it, and the staff list is taken as a first one."
        ) from error


def write_accepted(file: Path, people: Iterable[Person]) -> None:
    """Keeps a list as the accepted one; raises StoreError if it could not be kept."""
    write_whole(file, json.dumps({"people": [_row(person) for person in people]}, ensure_ascii=False, indent=1))


def _row(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "account": person.account,
        "slack": person.slack,
        "roles": sorted(person.roles),
        "about": person.about,
        "days": sorted(person.days),
        "hours": [moment.isoformat("minutes") for moment in person.hours or ()],
        **{field: day.isoformat() if day else "" for field, day in _days(person).items()},
    }


def _days(person: Person) -> dict[str, date | None]:
    return {"starts": person.starts, "ends": person.ends, "delegate_until": person.delegate_until}


def _person(row: Mapping[str, Any]) -> Person:
    hours = [time.fromisoformat(moment) for moment in row["hours"]]
    starts, ends, delegate_until = (
        date.fromisoformat(row[field]) if row[field] else None for field in ("starts", "ends", "delegate_until")
    )
    return Person(
        id=str(row["id"]),
        name=str(row["name"]),
        email=str(row["email"]),
        account=str(row["account"]),
        roles=frozenset(Role(role) for role in row["roles"]),
        about=str(row["about"]),
        days=frozenset(int(day) for day in row["days"]),
        hours=(hours[0], hours[1]) if len(hours) == 2 else None,
        starts=starts,
        ends=ends,
        delegate_until=delegate_until,
        slack=str(row.get("slack", "")),  # a list that was accepted before there was Slack has none
    )
