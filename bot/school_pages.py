"""Every school page with what it shows and offers: the one list of them. See docs/develop/add-a-page.md."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from time import monotonic
from typing import Any, Protocol, TypeAlias

from bot.app import Staffroom
from bot.ask.answers_page import AnswersPage, Voices
from bot.ask.chooser_page import ChooserPage
from bot.ask.page import QuestionPages
from bot.cards import Cards, Pages
from bot.channels.pages.door import Door
from bot.channels.pages.page import Asked, Offer, Page
from bot.channels.pages.school_pages import Look, SchoolPages
from bot.config import CALENDAR_FILE
from bot.desk.rules.today import TodayItem
from bot.import_policy.file_kinds import MAX_BYTES
from bot.import_policy.policy_page import PolicyPage
from bot.people.rules.permissions import Permission, may
from bot.people.rules.person import Person
from bot.policy_pages import PolicyPageBesideAnswers
from bot.school.rules.year_picture import warnings
from bot.settings import Settings

CAMPAIGN_OFFERS = (
    Offer("publish_form", "Publish the policy's text", Permission.PUBLISH),
    Offer("campaign", "Open a campaign", Permission.OPEN),
    Offer("preview", "Preview: what goes to whom, and Send", Permission.PREVIEW),
    Offer("test", "See a test card", Permission.TEST),
    Offer("request_stop", "Stop sending", Permission.HOLD),
    Offer("request_extend", "Give everybody longer", Permission.EXTEND),
    Offer("paper", "Record a signed sheet", Permission.PAPER),
    Offer("print_sheets", "Print the sheets to sign", Permission.PAPER),
    Offer("pause", "Send somebody nothing for a time", Permission.PAUSE),
    Offer("correcting", "Correct a receipt", Permission.CORRECT),
    Offer("closing", "Close the campaign", Permission.CLOSE),
)
_SENT = (Offer("sent_questions", "Read the questions people sent", Permission.READ_SENT),)
FILES_WELL = "Everything that was checked is well."
NOT_CHECKED = "Nothing could be checked from here; run `python -m bot doctor` where Staffroom runs."


class Finding(Protocol):
    """One line of `doctor`."""

    @property
    def name(self) -> str:
        """What was checked."""
        ...

    @property
    def is_well(self) -> bool:
        """Whether it is as it should be."""
        ...

    @property
    def says(self) -> str:
        """What was found."""
        ...

    @property
    def remedy(self) -> str:
        """What to do if it is not well."""
        ...


Doctor: TypeAlias = Callable[[], Awaitable[Sequence[Finding]]]


async def no_doctor() -> Sequence[Finding]:
    """For a server that was started without one."""
    return ()


def open_pages(settings: Settings, staffroom: Staffroom, door: Door, doctor: Doctor = no_doctor) -> SchoolPages:
    """The pages over a school's desk."""
    context = staffroom.books.context
    commands = staffroom.desk.routes.commands
    return SchoolPages(
        desk=staffroom.desk,
        pages=_pages(settings, staffroom, doctor),
        # Only what needs a permission: nobody acknowledges here, where the ledger could not say which card they saw.
        verbs=frozenset(command.name for command in commands if command.permission),
        look=Look(
            Cards(settings.cards).fill,
            Pages(settings.cards / "pages" / "school").fill,
            context.school.name,
            context.is_demo,
        ),
        door=door,
        now=context.now,
        clock=monotonic,
    )


def _pages(settings: Settings, staffroom: Staffroom, doctor: Doctor) -> tuple[Page, ...]:
    context, campaigns, people = staffroom.books.context, staffroom.campaign_page, staffroom.people_page
    questions, folder = QuestionPages(staffroom.held, staffroom.books.tallies), staffroom.folder
    answers = AnswersPage(folder.rulings, folder.own_situations, staffroom.books.tallies, Voices(settings.policies))

    async def policy(person: Person) -> Mapping[str, Any]:
        documents = await questions.documents(person, context.today)
        may_add = may(person, Permission.ADD_POLICY, context.today)
        may_change = may(person, Permission.CHANGE_SETTINGS, context.today)
        return {
            **documents,
            "may_add": may_add,
            "may_renew": may(person, Permission.RULINGS, context.today),
            "ask_for": await asyncio.to_thread(folder.asked.presses) if may_change else {},
            "drafts": len(folder.policies.drafts.names()) if may_add else 0,
        }

    async def evidence(person: Person) -> Mapping[str, Any]:
        return {"head": str(await context.store.head())}

    async def people_and_erasing(person: Person) -> Mapping[str, Any]:
        return {**await people.values(person), **await staffroom.erasing.values(person)}

    overseen = (Offer("lessons", "Other weeks", Permission.OVERSEE), Offer("expiry", "Expiry", Permission.EXPIRY))
    return (
        Page("today", "Today", (Permission.TODAY,), _today(staffroom, questions, answers)),
        Page(
            "campaigns",
            "Campaigns",
            (Permission.SUMMARY, Permission.PREVIEW, Permission.PAPER),
            campaigns.values,
            CAMPAIGN_OFFERS,
        ),
        Page(
            "people",
            "People",
            (Permission.PEOPLE,),
            people_and_erasing,
            (
                Offer("staff_list", "How the staff list stands", Permission.SYNC),
                Offer("request_sync", "Read the school's groups again", Permission.SYNC),
            )[: 2 if staffroom.roster_sync else 1],
        ),
        Page("policy", "Policy", (Permission.POLICY,), policy, shows_notes=True),
        Page(
            "new_version",
            "New version",
            (Permission.RULINGS,),
            folder.new_version.values,
            shows_notes=True,
            max_file_bytes=MAX_BYTES,
        ),
        _add_policy(PolicyPageBesideAnswers(PolicyPage(folder.policies), folder.rulings)),
        _answers(answers),
        Page("questions", "Questions", (Permission.QUESTIONS, Permission.READ_SENT), questions.questions, _SENT),
        Page("recordings", "Recordings", (Permission.OVERSEE,), staffroom.recordings.week_page_values, overseen),
        Page(
            "settings",
            "Settings",
            (Permission.SETTINGS,),
            _settings(settings, staffroom),
            (Offer("request_extend", "Move the campaign's last day", Permission.EXTEND),),
            shows_notes=True,
        ),
        Page(
            "evidence",
            "Evidence",
            (Permission.EXPORT,),
            evidence,
            (Offer("request_export", "Make the evidence pack", Permission.EXPORT),),
        ),
        Page("health", "Health", (Permission.HEALTH,), _health(doctor)),
    )


def _add_policy(adding: PolicyPageBesideAnswers) -> Page:
    async def view(person: Person, asked: Asked) -> Mapping[str, Any]:
        return await adding.values(person, asked.query, asked.shows, asked.typed)

    return Page(
        "add-policy",
        "Add a policy",
        (Permission.ADD_POLICY,),
        shows_notes=True,
        view=view,
        parent="policy",
        max_file_bytes=MAX_BYTES,
    )


def _answers(answers: AnswersPage) -> Page:
    async def view(person: Person, asked: Asked) -> Mapping[str, Any]:
        return await answers.values(person, asked.query.get("at", ""))

    return Page("answers", "Answers", (Permission.RULINGS,), shows_notes=True, view=view)


def _today(
    staffroom: Staffroom, questions: QuestionPages, answers: AnswersPage
) -> Callable[[Person], Awaitable[Mapping[str, Any]]]:
    context = staffroom.books.context

    async def values(person: Person) -> Mapping[str, Any]:
        items = [
            *await staffroom.people_page.today(person),
            *await staffroom.campaign_page.today(person),
            *await _remarks(staffroom, person, context.today),
            *await answers.today(person),
            *await questions.today(person, context.today),
        ]
        return {"items": items}

    return values


async def _remarks(staffroom: Staffroom, person: Person, today: date) -> list[TodayItem]:
    """What recorded lessons and the things done by the clock need of somebody."""
    items = []
    if may(person, Permission.OVERSEE, today):
        remarks = await staffroom.recordings.remarks()
        items += [TodayItem("Recorded lessons", " ".join(remarks), "recordings")] if remarks else []
    if may(person, Permission.HEALTH, today):
        faults = await staffroom.health.faults_today()
        items += [TodayItem("Something that I do by the clock failed", " ".join(faults), "health")] if faults else []
    return items


def _settings(settings: Settings, staffroom: Staffroom) -> Callable[[Person], Awaitable[Mapping[str, Any]]]:
    context = staffroom.books.context

    async def values(person: Person) -> Mapping[str, Any]:
        return {
            **await staffroom.folder.settings.values(person),
            "chooser": await ChooserPage(staffroom.chooser).values(person),
            "file": f"policies/{settings.school}/school.toml",
            "has_calendar_file": (settings.data / CALENDAR_FILE).is_file(),
            "missing": warnings(context.calendar, context.today),
            "last_day": await staffroom.campaign_page.last_day(),
        }

    return values


def _health(doctor: Doctor) -> Callable[[Person], Awaitable[Mapping[str, Any]]]:
    async def values(person: Person) -> Mapping[str, Any]:
        findings = await doctor()
        todo = [(line.name, line.says, line.remedy or "-") for line in findings if not line.is_well]
        well = [(line.name, line.says) for line in findings if line.is_well]
        says = f"{len(todo)} to do, {len(well)} well." if todo else FILES_WELL
        return {"sum": says if findings else NOT_CHECKED, "todo": todo, "well": well}

    return values
