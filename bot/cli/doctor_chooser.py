"""What `doctor` says of the school's language model, if it has one."""

from bot import app
from bot.app import now, today
from bot.ask.chooser_consent import consent_entries, is_acknowledged
from bot.ask.rules.chooser_use import NOT_NAMED
from bot.ask.rules.model_pick import ModelEndpoint
from bot.chooser.counts import read_counts, use_of
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
    place = f"model {trial.model or NOT_NAMED}, region {trial.region or NOT_NAMED}"
    says = f"{settings.chooser.address}: {trial.shape.value}; {place}"
    return [
        Status("language model", trial.shape.is_well, says, remedy),
        await _consent(settings, config, chooser.endpoint.endpoint),
        _counts(settings),
    ]


async def _consent(settings: Settings, config: Config, endpoint: ModelEndpoint) -> Status:
    name, remedy = (
        "language model allowed",
        "the headteacher writes `chooser` to Staffroom, or opens the page Settings; until then none is asked",
    )
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
    use = use_of(counts, counts.used_on(today()) if counts else 0)
    place = f"; model {use.model or NOT_NAMED}, region {use.region or NOT_NAMED}" if use.shape else ""
    says = f"{use.asked}; {use.last_answer}{place}"
    return Status("language model today", use.used < use.most, says, "from midnight on it is asked again")
