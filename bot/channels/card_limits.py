"""What the channels that a school uses can show of a card."""

from collections.abc import Callable

from bot.campaigns.ports import CardLimits
from bot.channels.slack.cards import SlackCards
from bot.channels.slack.payload import CHANNEL as SLACK
from bot.channels.teams.cards import TeamsCards
from bot.desk.rules.messages import Outgoing
from bot.settings import Settings


def card_limits(settings: Settings, *, is_demo: bool) -> CardLimits:
    """The limits of the channels that are set up; those of Teams if none is. Raises CardError."""
    teams = TeamsCards(settings.cards, is_demo=is_demo)
    slack = SlackCards(settings.cards, is_demo=is_demo)
    fits: list[Callable[[Outgoing], bool]] = []
    can_be_read: dict[str, Callable[[Outgoing], bool]] = {}
    if settings.has_teams or not settings.has_slack:
        fits.append(teams.fits)
        can_be_read["Teams"] = teams.fits
    if settings.has_slack:
        fits.append(slack.fits)
        can_be_read["Slack"] = slack.can_be_read

    def fingerprint(outgoing: Outgoing, channel: str) -> str:
        return slack.fingerprint(outgoing) if channel == SLACK else teams.fingerprint(outgoing)

    return CardLimits(lambda outgoing: all(holds(outgoing) for holds in fits), fingerprint, can_be_read)
