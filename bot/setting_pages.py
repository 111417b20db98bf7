"""Joins the page Settings with the school's folder: a change is read as at the start, then taken over in one step."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.ask.ruling_commands import RulingCommands
from bot.campaigns.book import CampaignBook
from bot.campaigns.rules.reminder_dates import ReminderSettings
from bot.config import Config, read_config
from bot.errors import PolicyFileError
from bot.evidence.context import Context
from bot.policies import COMMON, SCHOOL, home_of
from bot.school.rules.calendar import Calendar
from bot.school.settings import CONTACTS
from bot.school_settings.commands import SettingsCommands
from bot.school_settings.rules.sections import RECORDINGS, sections
from bot.school_settings.settings_file import MEANWHILE, SettingsFile
from bot.settings import Settings
from bot.undoable_file import UndoableFile

BEFORE_LAST_CHANGE = "settings-before.json"  # in the data folder
MINUTES_BEFORE, MINUTES_LONG = 15, 60  # of recorded lessons, as bot/recordings/settings.py has them
NEEDED = f"{SCHOOL}: handoff: {{key}} must be filled in: without it Staffroom does not start."

UseReminders = Callable[[ReminderSettings], None]


@dataclass(frozen=True, slots=True)
class SchoolFolder:
    """The school's folder as it is read at the start, and what of it counts now.

    `started` is the configuration of the start: what of it no capability can exchange counts until the next one.
    """

    settings: Settings
    context: Context
    started: Config
    book: CampaignBook
    rulings: RulingCommands

    def check(self, text: str) -> None:
        """Reads a copy of the folder with this school.toml as it is read at the start.

        Raises PolicyFileError or SettingsError.
        """
        with tempfile.TemporaryDirectory(prefix="staffroom-settings-") as name:
            copy = Path(name)
            self._copy(COMMON, self.settings.policies / COMMON, copy)
            self._copy(self.settings.school, home_of(self.settings.policies, self.settings.school), copy)
            (copy / self.settings.school / SCHOOL).write_text(text, encoding="utf-8")
            config = self._config(replace(self.settings, policies=copy))
        contacts = config.school.contacts
        for key in CONTACTS:
            if not self.context.is_demo and not getattr(contacts, key):
                raise PolicyFileError(NEEDED.format(key=key))

    def _copy(self, name: str, home: Path, copy: Path) -> None:
        """The tables of a folder; nothing else of it is read."""
        (copy / name).mkdir()
        for file in home.glob("*.toml"):
            shutil.copyfile(file, copy / name / file.name)

    def _config(self, settings: Settings) -> Config:
        return read_config(settings, self.context.today, demo=self.context.is_demo)

    async def take_over(self) -> None:
        """From now on contacts, terms, hours, reminders and what staff acknowledge are those of the folder."""
        config = await asyncio.to_thread(self._config, self.settings)
        self.context.take_over_settings(config.school.contacts, config.school.calendar)
        self.book.take_over(config.campaigns)
        await self.rulings.refresh()
        self.context.take_over(self.rulings.policy.documents)

    def waiting(self) -> frozenset[str]:
        """The sections that say something else than what counts now; they count when Staffroom starts again."""
        config, school = self._config(self.settings), self.context.school
        pairs = {
            "handoff": (config.school.contacts, school.contacts),
            "calendar": (config.school.calendar, school.calendar),
            "reminders": (config.campaigns.reminders, self.book.settings.reminders),
            RECORDINGS: (config.recordings, self.started.recordings),
        }
        return frozenset(name for name, (folder, now) in pairs.items() if folder != now)


def settings_commands(
    settings: Settings, context: Context, started: Config, book: CampaignBook, rulings: RulingCommands
) -> SettingsCommands:
    """The page over the school's own folder."""
    folder = SchoolFolder(settings, context, started, book, rulings)
    file = home_of(settings.policies, settings.school) / SCHOOL
    return SettingsCommands(
        context=context,
        file=SettingsFile(UndoableFile(file, settings.data / BEFORE_LAST_CHANGE, MEANWHILE)),
        sections=sections(_usual()),
        check=folder.check,
        take_over=folder.take_over,
        waiting=folder.waiting,
        turn=rulings.turn,
    )


def _usual() -> Mapping[str, Mapping[str, Any]]:
    """What counts where school.toml says nothing."""
    calendar, reminders = Calendar(), ReminderSettings()
    return {
        "calendar": {
            "nation": calendar.nation,
            "nudges_on_inset": calendar.nudges_on_inset,
            "hours": list(calendar.hours),
            "quiet": list(calendar.quiet),
        },
        "reminders": {
            "before": list(reminders.before),
            "every": reminders.every,
            "most": reminders.most,
            "rest": reminders.rest,
        },
        RECORDINGS: {"before": MINUTES_BEFORE, "lasts": MINUTES_LONG},
    }
