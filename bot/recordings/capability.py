"""Recorded lessons as the rest of Staffroom uses them: commands, renderers for the outbox, duties for the tick."""

from collections.abc import Mapping
from typing import Any

from bot.desk.routing import Command
from bot.desk.rules.messages import Outgoing
from bot.desk.tick import Duty, Heartbeat
from bot.outbox.render import Renderer
from bot.outbox.rules.message import MessageKind
from bot.people.rules.permissions import Permission, refuse_unless
from bot.people.rules.person import Person
from bot.recordings import cards
from bot.recordings.book import RecordingBook
from bot.recordings.discovery import Discovery
from bot.recordings.find_recordings import RecordingSearch
from bot.recordings.follow_up import FollowUp
from bot.recordings.overview import Overview
from bot.recordings.plan_notice import PlanNotice
from bot.recordings.ports import IsMember, LessonTenant, ParseLesson
from bot.recordings.post_notices import NoticePosting
from bot.recordings.render import LessonMessages
from bot.recordings.requests import LessonRequests
from bot.recordings.teacher_reply import TeacherReply


class RecordedLessons:
    """All the parts over one book. `tenant` is None if the school lets nothing of its Microsoft 365 be looked at."""

    def __init__(
        self,
        book: RecordingBook,
        parse: ParseLesson,
        is_member: IsMember,
        heartbeat: Heartbeat,
        tenant: LessonTenant | None = None,
    ) -> None:
        self.book = book
        self.overview = Overview(book)
        self.discovery = Discovery(book, tenant, is_member, heartbeat) if tenant else None
        self._plan_notice = PlanNotice(book, parse, is_member, heartbeat)
        self._teacher_reply = TeacherReply(book, heartbeat)
        self._posting = NoticePosting(book)
        search = RecordingSearch(book, tenant) if tenant else None
        self._follow_up = FollowUp(book, search, search.visibility) if search else FollowUp(book)

    def commands(self) -> tuple[Command, ...]:
        """Everything people can ask about recorded lessons.

        The overview comes before a teacher's own lessons: they share words, and the first that somebody may use counts.
        """
        discovery = self.discovery.commands() if self.discovery else ()
        own = (*self._plan_notice.commands(), *self.overview.commands(), *self._teacher_reply.commands())
        return (*own, *LessonRequests(self.book, self._plan_notice).commands(), *discovery)

    def duties(self) -> Mapping[str, Duty]:
        """What each tick does for recorded lessons, in order; nothing in a school whose policy promises nothing."""
        if self.book.settings.promise is None:
            return {}
        duties: dict[str, Duty] = {
            "follow_recordings": self._follow_up.take_steps,
            "post_notices": self._posting.post_notices,
        }
        if self.discovery:
            reading: dict[str, Duty] = {
                "find_lessons": self.discovery.find_lessons,
                "join_chats": self.discovery.join_chats,
            }
            duties = reading | duties
        return duties

    async def renderers(self) -> Mapping[MessageKind, Renderer]:
        """What messages about lessons say, for one round of sending."""
        if self.book.settings.promise is None:
            return {}
        renderers = dict(LessonMessages(self.book).renderers())
        if self.discovery:
            renderers[MessageKind.FOUND_LESSON] = self.discovery.found_lesson
        return renderers

    async def remarks(self) -> list[str]:
        """What a headteacher's summary says about recorded lessons, in sentences."""
        return await self.overview.remarks()

    async def week_page_values(self, person: Person) -> dict[str, Any]:
        """The values of the page of this week's lessons; raises NotAllowed for people who may not see it."""
        refuse_unless(person, Permission.OVERSEE, self.book.context.today)
        return await self.overview.page_values()

    async def notices_in(self, conversation: str) -> list[tuple[str, Outgoing]]:
        """The notices in a lesson's chat, with the ids of their messages, oldest first."""
        today = self.book.context.today
        notices = await self._posting.notices_in(conversation)
        return [(id, cards.notice(recording, self.book.promise, today)) for id, recording in notices]
