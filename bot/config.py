"""Everything the policies folder says of one school, read once and handed on: each capability's own section."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from bot.ask.policy_file import policy_of
from bot.ask.rules.policy import Policy
from bot.campaigns.settings import CampaignSettings, campaign_settings
from bot.evidence.rules.retention import Retention
from bot.evidence.settings import retention
from bot.policies import SchoolTables, read_school
from bot.recordings.settings import RecordingSettings, recording_settings
from bot.roster.rules.directory import Sources
from bot.roster.settings import SlackPeople, roster_settings, slack_people
from bot.school.calendar_file import read_ics
from bot.school.rules.documents import listed
from bot.school.rules.settings import SchoolSettings
from bot.school.settings import school_settings
from bot.settings import Settings

CALENDAR_FILE = "calendar.ics"  # in the data folder


@dataclass(frozen=True, slots=True)
class Config:
    """One school's configuration, by capability."""

    tables: SchoolTables
    school: SchoolSettings
    policy: Policy
    campaigns: CampaignSettings
    recordings: RecordingSettings
    groups: Sources
    slack: SlackPeople
    retention: Retention

    @property
    def sources(self) -> Sources:
        """Where the staff list comes from: groups in Slack or in Microsoft 365, never both."""
        return self.slack.sources if self.slack.sources.is_on else self.groups

    @property
    def agreement_name(self) -> str:
        """The short names of what staff acknowledge; empty if the school asks for nothing."""
        agreement = self.campaigns.agreement
        return listed([self.school.documents[id].short for id in agreement.documents]) if agreement else ""


def read_config(settings: Settings, today: date, *, demo: bool = False, with_calendar_file: bool = True) -> Config:
    """A school's configuration; `demo` fills empty contacts and terms. Raises PolicyFileError or SettingsError.

    The school's own calendar file comes on top of school.toml if the data folder has one.
    """
    tables = read_school(settings.policies, settings.school)
    school = school_settings(tables, demo=demo)
    file: Path = settings.data / CALENDAR_FILE
    if with_calendar_file and file.is_file():
        school = replace(school, calendar=read_ics(file, today).added_to(school.calendar))
    return Config(
        tables=tables,
        school=school,
        policy=policy_of(tables, school),
        campaigns=campaign_settings(tables, school.documents),
        recordings=recording_settings(tables, school.documents),
        groups=roster_settings(tables),
        slack=slack_people(tables),
        retention=retention(tables.section("retention")),
    )
