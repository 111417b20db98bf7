"""Events of Microsoft's calendars as the entries of a teacher's calendar."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.outside import clean_line
from bot.recordings.rules.timetable import CalendarEntry
from bot.school.rules.calendar import LONDON
from bot.tenant.graph.fields import text, within
from bot.tenant.graph.join_links import thread_of

ZONES = {"UTC": UTC, "Europe/London": LONDON, "GMT Standard Time": LONDON}  # Microsoft's and Windows' names


def entry_id(event: Mapping[str, Any]) -> str:
    """The name of an occurrence: the time it was first planned for is in it, so it can be moved."""
    names = (text(event, "iCalUId") or text(event, "id"), text(event, "originalStart"))
    return "/".join(name for name in names if name)


def calendar_entry(event: Mapping[str, Any]) -> CalendarEntry | None:
    """A calendar's event; None if it cannot be read."""
    id, starts, ends = entry_id(event), _london(within(event, "start")), _london(within(event, "end"))
    if not id or starts is None or ends is None or ends.astimezone(UTC) < starts.astimezone(UTC):
        return None
    categories = event.get("categories")
    return CalendarEntry(
        id=id,
        series=text(event, "seriesMasterId"),
        subject=clean_line(text(event, "subject")),
        starts=starts,
        ends=ends,
        categories=tuple(clean_line(str(name)) for name in categories) if isinstance(categories, list) else (),
        is_cancelled=event.get("isCancelled") is True,
        is_online=event.get("isOnlineMeeting") is True,
        thread=thread_of(text(within(event, "onlineMeeting"), "joinUrl")),
    )


def _london(value: Mapping[str, Any]) -> datetime | None:
    """A time in a calendar, which names its zone; None if it is no time, or we do not know the zone.

    A time that has an offset from UTC of its own needs no zone, and its zone does not change it.
    https://learn.microsoft.com/graph/api/resources/datetimetimezone
    """
    zone = ZONES.get(text(value, "timeZone"))
    try:
        time = datetime.fromisoformat(text(value, "dateTime"))
        if zone or time.tzinfo:
            return (time if time.tzinfo else time.replace(tzinfo=zone)).astimezone(LONDON)
    except (ValueError, OverflowError):
        pass
    return None
