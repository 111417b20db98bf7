"""What a school whose staff list is a file can ask about it."""

from bot.desk.routing import Command
from bot.desk.rules.messages import Incoming, Outgoing, note
from bot.people.rules.permissions import Permission
from bot.people.rules.person import Person

READ_BY_ITSELF = (
    "The staff list is a file here, and I read it again by myself as soon as it changes. If somebody is missing, "
    "whoever looks after Staffroom adds them there. Nothing was changed."
)


async def _staff_list(incoming: Incoming, person: Person) -> Outgoing:
    return note(READ_BY_ITSELF)


COMMANDS = (Command("staff_list", _staff_list, Permission.SYNC, intents=("sync",), shows_only=True),)
