"""Tells the IT lead about duties that could not be done, once a day each."""

from collections.abc import Mapping
from datetime import timedelta

from bot.desk.rules.messages import Outgoing, note
from bot.evidence.context import Context
from bot.outbox.render import Renderer
from bot.outbox.rules.message import Message, MessageKind, Subject

KEPT_FOR = timedelta(days=1)  # after which a newer message about the same has taken its place
FAULT = "Something I do by the clock could not be done ({duty}). I try again every minute, and say so once a day. {why}"


async def report_faults(failures: Mapping[str, str], context: Context) -> int:
    """Keeps a message for each IT lead about each duty that failed; returns how many are new."""
    if not failures:
        return 0
    recipients = await context.store.enrol(context.it_leads())
    return await context.store.keep_messages(
        *[
            Message(
                MessageKind.FAULT,
                Subject(name=duty),
                recipient,
                context.today,
                words=FAULT.format(duty=duty, why=why).strip(),
                expires_at=context.now() + KEPT_FOR,
            )
            for duty, why in failures.items()
            for recipient in recipients.values()
        ]
    )


async def _fault(message: Message) -> Outgoing | None:
    return note(message.words)


RENDERERS: Mapping[MessageKind, Renderer] = {MessageKind.FAULT: _fault}
