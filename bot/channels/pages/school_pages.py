"""The school pages: one frame for all, every page by permission, and every press through the desk.

A page shows what its capability gives it. A form is a card of cards/, drawn as HTML, and a button is a press as in
chat: the same command, permission, ledger entry and sentence.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode

from aiohttp import web

from bot.channels.inputs import MAX_INPUT_CHARS, plain_inputs
from bot.channels.pages.card_blocks import CardBlocks, card_blocks
from bot.channels.pages.door import HOME, Door, PageRoute, Respond
from bot.channels.pages.page import Asked, Page
from bot.channels.pages.presses import CHOOSE_ONE, Press, read_form_token, read_press
from bot.channels.pages.responses import NoPage, NotSignedIn, SignInTooOld, TooMany, headers, refusal_of
from bot.channels.pages.sessions import FRESH_FOR, LASTS, Session, Sessions
from bot.channels.rate_counter import RateCounter
from bot.desk.rules.messages import Incoming, Outgoing, refusal
from bot.errors import BadInput, NotAllowed
from bot.outside import clean_line
from bot.people.rules.person import Caller, Person, Stranger

LOG = logging.getLogger("staffroom.pages")
SIGN_OUT = f"{HOME}sign-out"
ASSETS = Path(__file__).parent / "assets"
FILES = {"pages.css": "text/css", "pages.js": "text/javascript"}
CONVERSATION = "pages"  # where a press was made, as the ledger has it
SITTING = timedelta(minutes=30)  # in which a headteacher approves answers
NEED_FRESH_SIGN_IN = {  # what a stolen hour must not be enough for, and how long ago the sign-in may be
    "export": (FRESH_FOR, "five"),  # a person's data leave the school
    "erase_person": (FRESH_FOR, "five"),  # it cannot be undone
    "approve_ruling": (SITTING, "30"),
    "approve_rulings": (SITTING, "30"),
    "chooser_on": (SITTING, "30"),  # questions leave the school; to switch it off, any session is enough
}
MAX_READS, MAX_PRESSES = 240, 60  # of one session in a minute
NOT_SIGNED_IN = "Your session is over, or you have not signed in yet. Nothing was changed."
ONLY_STAFF = (
    "The school pages are for people on the staff list. If you are on it, write to Staffroom in chat once, then open "
    "the pages again."
)
OTHER_SITE = "That form did not come from these pages. Please go back, reload the page and try again."
TOO_MANY = "Please wait a minute and try again. Nothing was changed."
NOTHING_HERE = "There is no page at this address."
SIGN_IN_AGAIN = (
    "For this you must have signed in within the last {minutes} minutes. Please sign in again, then press the button "
    "once more. Nothing was changed."
)
SIGNED_OUT = "You are signed out of the school pages in this browser."
STILL_SIGNED_IN = " You may still be signed in to {name} here: if others use this device, sign out there too."
NOT_HERE = "That button does not work on the pages. Nothing was changed."


class PagesDesk(Protocol):
    """The desk, as the pages need it."""

    async def __call__(self, incoming: Incoming) -> Outgoing:
        """The reply to a press."""
        ...

    async def person(self, caller: Caller) -> Person | Stranger:
        """The person behind a caller."""
        ...


@dataclass(frozen=True, slots=True)
class Look:
    """How pages are drawn: `card` fills a card, `page` a template of cards/pages/school/."""

    card: Callable[[str, Mapping[str, Any]], dict[str, Any]]
    page: Callable[[str, Mapping[str, Any]], str]
    school: str
    is_demo: bool


@dataclass(frozen=True, slots=True)
class _From:
    """Where a reply comes from: the offer whose form it was on, why that was refused, what was filled in.

    `at` is the place of the page to come back to.
    """

    opener: str = ""
    problem: str = ""
    typed: Mapping[str, str] | None = None
    at: str = ""


@dataclass(slots=True)
class SchoolPages:
    """Serves the pages. `verbs` are the commands that may be pressed here: those with a permission of their own."""

    desk: PagesDesk
    pages: Sequence[Page]
    verbs: frozenset[str]
    look: Look
    door: Door
    now: Callable[[], datetime]
    clock: Callable[[], float]
    sessions: Sessions = field(default_factory=Sessions)
    _reads: RateCounter = field(init=False)
    _presses: RateCounter = field(init=False)

    def __post_init__(self) -> None:
        self._reads = RateCounter(MAX_READS, self.clock)
        self._presses = RateCounter(MAX_PRESSES, self.clock)

    def routes(self) -> Sequence[PageRoute]:
        """Every address of the pages."""
        return [
            PageRoute("GET", f"{HOME}file/{{name}}", self._asset, is_open=True),
            PageRoute("GET", f"{HOME}download/{{id}}", self.in_plain_words(self._download)),
            PageRoute("GET", f"{HOME}{{page}}", self.in_plain_words(self._show)),
            PageRoute("GET", f"{HOME}{{page}}/{{verb}}", self.in_plain_words(self._offer)),
            PageRoute("POST", SIGN_OUT, self.in_plain_words(self._sign_out)),
            PageRoute("POST", f"{HOME}{{page}}", self.in_plain_words(self._press)),
        ]

    def sign_in(self, caller: Caller, proved: datetime) -> web.Response:
        """Begins a session for a caller whose identity was proved, and leads to the first page."""
        leads = {"Location": f"{HOME}today", "Set-Cookie": self.session_cookie(caller, proved)}
        return web.Response(status=303, headers={**self.headers(), **leads})

    def session_cookie(self, caller: Caller, proved: datetime) -> str:
        """Begins a session, and gives its cookie as a header has it."""
        return self.door.session_cookie(self.sessions.begin(caller, self.now(), proved), LASTS)

    def refused(self, error: Exception) -> web.Response:
        """An error as a page, without anything that only signed-in people may see."""
        shown = refusal_of(error)
        values = {
            "heading": shown.heading,
            "says": shown.says,
            "how": self.door.how if shown.status == 401 else "",
            "start": self.door.start,
            "again": self.door.again.get(error.channel, "") if isinstance(error, SignInTooOld) else "",
        }
        return self.html("refused", values, status=shown.status)

    def headers(self) -> Mapping[str, str]:
        """The headers of everything that the pages answer."""
        return headers(self.door.frames)

    def in_plain_words(self, respond: Respond) -> Respond:
        """A handler whose errors are pages."""

        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                return await respond(request)
            except web.HTTPException:
                raise
            except (BadInput, NotAllowed) as error:
                return self.refused(error)
            except Exception as error:  # noqa: BLE001 - whatever it was, a sentence goes back, never a traceback
                LOG.error("page_failed error=%s", type(error).__name__)  # noqa: TRY400 - it may hold people's words
                return self.refused(error)

        return handle

    async def _signed_in(self, request: web.Request, counter: RateCounter) -> tuple[Session, Person]:
        """The session of a request, and who has it; raises NotSignedIn, TooMany or NotAllowed."""
        session = self.sessions.of(request.cookies.get(self.door.cookie, ""), self.now())
        if session is None:
            raise NotSignedIn(NOT_SIGNED_IN)
        if counter.is_over(session.id):
            raise TooMany(TOO_MANY)
        counter.add(session.id)
        person = await self.desk.person(session.caller)
        if isinstance(person, Stranger):
            raise NotAllowed(ONLY_STAFF)
        return session, person

    def _page(self, request: web.Request, person: Person) -> Page:
        """The page of a request, if the person may open it; raises NoPage or NotAllowed."""
        name = request.match_info["page"]
        page = next((page for page in self.pages if page.name == name), None)
        if page is None:
            raise NoPage(NOTHING_HERE)
        page.refuse_unless_open_to(person, self.now().date())
        return page

    async def _show(self, request: web.Request) -> web.Response:
        session, person = await self._signed_in(request, self._reads)
        page = self._page(request, person)
        return await self._shown(page, person, session, {}, Asked(plain_inputs(request.query)))

    async def _shown(
        self, page: Page, person: Person, session: Session, says: Mapping[str, str], asked: Asked
    ) -> web.Response:
        """A page, with what a press on it did (`done`) or why it did nothing (`problem`) on top.

        After a refusal `typed` is what was filled in, and `fault` what the refusal says of it.
        """
        nothing: dict[str, Any] = {"done": "", "problem": "", "typed": asked.typed, "fault": asked.shows}
        values = {**nothing, **await page.shown_values(person, asked), **says}
        return self.html(page.name, {**values, **self._frame(page, person, session)})

    async def _offer(self, request: web.Request) -> web.Response:
        """What an offer of a page shows: it changes nothing, so it has an address."""
        session, person = await self._signed_in(request, self._reads)
        page, verb = self._page(request, person), request.match_info["verb"]
        if verb not in {offer.verb for offer in page.offers}:
            raise NoPage(NOTHING_HERE)
        outgoing = await self.desk(self._incoming(session, verb))
        return self._reply(page, person, session, outgoing, _From(opener=verb))

    async def _press(self, request: web.Request) -> web.Response:
        session, person = await self._signed_in(request, self._presses)
        self.refuse_other_sites(request)
        page = self._page(request, person)
        press = await read_press(request, page.max_file_bytes)
        if not session.is_form_token(press.csrf):
            raise NotAllowed(OTHER_SITE)
        if press.verb not in self.verbs:
            raise NotAllowed(NOT_HERE)
        self._refuse_stale(session, press.verb)
        outgoing = await self._outcome(session, press)
        LOG.info("pressed page=%s verb=%s", page.name, press.verb)
        opener = press.opener if press.opener in {offer.verb for offer in page.offers} else ""
        if outgoing.is_refusal and opener:
            return await self._asked_again(page, person, session, outgoing, press)
        if page.shows_notes and outgoing.is_note:
            values = {"problem" if outgoing.is_refusal else "done": outgoing.text}
            typed = press.inputs if outgoing.is_refusal else {}
            asked = Asked(plain_inputs(request.query), outgoing.values, typed)
            return await self._shown(page, person, session, values, asked)
        return self._reply(page, person, session, outgoing, _From(opener, at=request.query.get("at", "")))

    async def _sign_out(self, request: web.Request) -> web.Response:
        """Ends the session here, and takes its cookie away. It works for everybody, however often they pressed."""
        session = self.sessions.of(request.cookies.get(self.door.cookie, ""), self.now())
        if session is None:
            raise NotSignedIn(NOT_SIGNED_IN)
        self.refuse_other_sites(request)
        if not session.is_form_token(await read_form_token(request)):
            raise NotAllowed(OTHER_SITE)
        self.sessions.end(session)
        LOG.info("signed_out")
        still = STILL_SIGNED_IN.format(name=self.door.signed_in_at) if self.door.signed_in_at else ""
        values = {"says": SIGNED_OUT + still, "start": self.door.start}
        page = self.html("signed_out", values)
        page.headers["Set-Cookie"] = self.door.session_cookie("", timedelta(0))
        return page

    def _refuse_stale(self, session: Session, verb: str) -> None:
        """Raises SignInTooOld for a press that needs a newer sign-in than this session's."""
        if verb not in NEED_FRESH_SIGN_IN:
            return
        within, minutes = NEED_FRESH_SIGN_IN[verb]
        if not session.is_fresh(self.now(), within):
            raise SignInTooOld(SIGN_IN_AGAIN.format(minutes=minutes), session.caller.channel)

    async def _outcome(self, session: Session, press: Press) -> Outgoing:
        """What the desk says to a press; nothing is asked of it while something that must be chosen is missing."""
        if press.lacks:
            return refusal(BadInput(CHOOSE_ONE.format(label=press.lacks)))
        incoming = self._incoming(session, press.verb)
        return await self.desk(replace(incoming, inputs=press.inputs, file=press.file))

    async def _asked_again(
        self, page: Page, person: Person, session: Session, refused: Outgoing, press: Press
    ) -> web.Response:
        """The sentence of a refusal, and the form with everything that was filled in."""
        form = await self.desk(self._incoming(session, press.opener))
        return self._reply(page, person, session, form, _From(press.opener, refused.text, press.inputs))

    def _incoming(self, session: Session, verb: str) -> Incoming:
        return Incoming(session.caller, CONVERSATION, verb=verb)

    def refuse_other_sites(self, request: web.Request) -> None:
        """Raises NotAllowed unless a form came from these pages, as the browser itself says."""
        ours = self.door.origin or f"{request.scheme}://{request.host}"
        if request.headers.getall("Origin", []) != [ours]:
            raise NotAllowed(OTHER_SITE)

    def _reply(self, page: Page, person: Person, session: Session, outgoing: Outgoing, origin: _From) -> web.Response:
        """What the desk replies, on a page of its own."""
        blocks = CardBlocks((), ())
        if not outgoing.is_refusal:
            card = self.look.card(outgoing.card, {**outgoing.values, "is_demo": self.look.is_demo})
            blocks = card_blocks(card, self.verbs, origin.typed)
        file = outgoing.attachment
        values = {
            "blocks": blocks.blocks,
            "forms": blocks.forms,
            "opener": origin.opener,
            "back": f"?{urlencode({'at': clean_line(origin.at, MAX_INPUT_CHARS)})}#here" if origin.at else "",
            "problem": origin.problem or (outgoing.text if outgoing.is_refusal else ""),
            "file": {"name": file.name, "id": session.files.keep(file, self.now())} if file else {},
        }
        return self.html("reply", {**self._frame(page, person, session), **values})

    def _frame(self, page: Page, person: Person, session: Session) -> dict[str, Any]:
        """What the frame around every page shows."""
        today = self.now().date()
        return {
            "page": page,
            "pages": [other for other in self.pages if not other.parent and other.is_open_to(person, today)],
            "offers": page.offers_for(person, today),
            "person": person.name,
            "csrf": session.csrf,
        }

    def html(self, template: str, values: Mapping[str, Any], *, status: int = 200) -> web.Response:
        """A filled template."""
        common = {"school": self.look.school, "is_demo": self.look.is_demo, "home": HOME}
        text = self.look.page(template, {**common, **values})
        return web.Response(text=text, status=status, content_type="text/html", headers=self.headers())

    async def _download(self, request: web.Request) -> web.Response:
        """A file that a press made, for the session that made it and nobody else."""
        session, _ = await self._signed_in(request, self._reads)
        file = session.files.get(request.match_info["id"], self.now())
        if file is None:
            raise NoPage("That file is not kept any more. Please ask for it again.")
        disposition = {"Content-Disposition": f'attachment; filename="{file.name}"'}
        return web.Response(
            body=file.content, content_type="application/octet-stream", headers={**self.headers(), **disposition}
        )

    async def _asset(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in FILES:
            raise web.HTTPNotFound
        content = (ASSETS / name).read_bytes()
        return web.Response(body=content, content_type=FILES[name], headers=self.headers())
