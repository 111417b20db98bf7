"""What `doctor` says of the school's language model, if it has one."""

from bot import app
from bot.app import now, today
from bot.ask.chooser_consent import consent_entries, is_acknowledged
from bot.ask.rules.model_pick import ModelEndpoint
from bot.chooser.budget import MAX_PER_DAY
from bot.chooser.counts import read_counts
from bot.chooser.open import open_chooser
from bot.cli.status import Status
from bot.config import Config
from bot.credentials import Tokens, open_tokens
from bot.errors import StaffroomError
from bot.run_teams import identity_of
from bot.settings import PREFIX, Settings


async def chooser_lines(settings: Settings, config: Config, tokens: Tokens | None) -> list[Status]:
    """Whether the school's language model can be reached and may be asked; nothing if none is set up.

    The endpoint is tried with a question of our own.
    """
    if settings.chooser is None:
        return []
    remedy = f"see {PREFIX}CHOOSER in docs/chooser.md"
    try:
        source = tokens or (open_tokens(identity_of(settings), now()) if settings.credentials else None)
        chooser = open_chooser(settings, source, today)
    except StaffroomError as error:
        return [Status("language model", False, str(error), remedy)]
    assert chooser is not None
    chooser.start()
    try:
        trial = await chooser.trial()
    finally:
        await chooser.close()
    place = f"model {trial.model or 'not named'}, region {trial.region or 'not named'}"
    says = f"{settings.chooser.address}: {trial.shape.value}; {place}"
    return [
        Status("language model", trial.shape.is_well, says, remedy),
        await _consent(settings, config, chooser.endpoint.endpoint),
        _counts(settings),
    ]


async def _consent(settings: Settings, config: Config, endpoint: ModelEndpoint) -> Status:
    name, remedy = "language model allowed", "the headteacher writes `chooser` to Staffroom; until then none is asked"
    try:
        async with app.open_books(settings, local=not settings.credentials, writes=False, config=config) as books:
            is_on = is_acknowledged(await consent_entries(books.context.store), endpoint)
    except StaffroomError as error:
        return Status(name, False, f"not known: {error}", remedy)
    says = (
        "the headteacher acknowledged this endpoint" if is_on else "the headteacher has not acknowledged it: it is off"
    )
    return Status(name, is_on, says, remedy)


def _counts(settings: Settings) -> Status:
    counts = read_counts(settings.data)
    if counts is None:
        return Status("language model today", True, "asked 0 times; no answer yet")
    place = f"model {counts.model or 'not named'}, region {counts.region or 'not named'}"
    used = counts.used_on(today())
    says = f"asked {used} of at most {MAX_PER_DAY} times; last answer on {counts.day}: {counts.shape}; {place}"
    return Status("language model today", used < MAX_PER_DAY, says, "from midnight on it is asked again")
