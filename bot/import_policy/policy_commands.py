"""What head, office and IT do on the page "Add a policy": bring a document, set its clauses right, use it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeVar

from bot.desk.routing import Command
from bot.desk.rules.messages import Incoming, Outgoing, note
from bot.errors import BadInput, StaffroomError
from bot.evidence.context import Context, details
from bot.evidence.rules.ledger import EventKind
from bot.import_policy.add_document import AddedDocument, add_document, documents_of, take_back
from bot.import_policy.draft_folder import DraftFolder, KeptDraft
from bot.import_policy.import_policy import ONE_AT_A_TIME, read_content
from bot.import_policy.proposing import Proposing
from bot.import_policy.rules.clauses import Draft, Modality
from bot.import_policy.rules.edited_facts import DATES, with_facts
from bot.import_policy.rules.names import short_id
from bot.import_policy.rules.working_draft import WorkingDraft, placed
from bot.import_policy.school_folder import UNTITLED
from bot.outside import clean_line, number
from bot.people.rules.permissions import Permission
from bot.people.rules.person import Person
from bot.undoable_file import digest_of

MAX_REF_CHARS, MAX_TITLE_CHARS, MAX_FACT_CHARS = 120, 200, 60
READ = "Read: {title}, {count} clauses. Compare them with your paper."
CHOOSE_FILE = "Please choose a file first. Nothing was changed."
NO_SUCH_DUTY = "Please choose what the clause does. Nothing was changed."
TICK_FIRST = "Please tick that the draft may go. Nothing was changed."
JOINED, SPLIT, SAVED = "Joined with the next clause.", "Split in two.", "Saved."
LEFT_OUT = "Left out. It stays listed here, and can be taken in again."
TAKEN_IN, MADE, FACTS_SAVED = (
    "Taken in again.",
    "This line is in the clauses now.",
    "Saved what the document says of itself.",
)
UNDONE, THROWN_AWAY = "The last change was undone.", "The draft was thrown away: {title}."
USED = (
    "{title} is in use, with {count} clauses. What it may rule on is being worked out. Nothing of it allows anything "
    "before a person confirms it."
)
PROPOSING = "What the policy may rule on is being worked out."

T = TypeVar("T")
Edit = Callable[[WorkingDraft, int, Incoming], WorkingDraft]  # with the place of the clause that was pressed


class InTurn(Protocol):
    """Runs a change of the school's folder while nobody else changes it, and answers from what it wrote."""

    async def __call__(self, change: Callable[[], T], /) -> T:
        """What the change gives back; raises what it raises, and PolicyFileError if the folder cannot be read after."""
        ...


@dataclass(frozen=True, slots=True)
class PolicyCommands:
    """The commands. A press names its `draft`, the digest of it that was `seen`, and the place of its `clause`.

    `reading` lets one file be read at a time, on this page and on others.
    """

    context: Context
    drafts: DraftFolder
    in_turn: InTurn
    proposing: Proposing
    reading: asyncio.Lock
    _editing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def commands(self) -> tuple[Command, ...]:
        """Buttons only."""
        handlers: dict[str, Callable[[Incoming, Person], Awaitable[Outgoing]]] = {
            "bring_policy": self._bring,
            "join_clause": self._editor(lambda draft, key, incoming: draft.joined(key), JOINED),
            "split_clause": self._editor(_split, SPLIT),
            "save_clause": self._editor(_described, SAVED),
            "leave_out_clause": self._editor(lambda draft, key, incoming: draft.left_out(key), LEFT_OUT),
            "take_in_clause": self._editor(lambda draft, key, incoming: draft.taken_in(key), TAKEN_IN),
            "make_clause": self._editor(lambda draft, key, incoming: draft.made_clause(key), MADE),
            "save_policy_facts": self._editor(_facts, FACTS_SAVED),
            "undo_draft": self._undo,
            "throw_away_draft": self._throw_away,
            "use_policy": self._use,
            "propose_rulings": self._propose,
        }
        return tuple(Command(name, run, Permission.ADD_POLICY) for name, run in handlers.items())

    async def close(self) -> None:
        """Waits for what runs in the background."""
        await self.proposing.close()

    async def _bring(self, incoming: Incoming, person: Person) -> Outgoing:
        """Reads a file, one at a time, because each may take all the memory that reading is allowed."""
        if incoming.file is None:
            raise BadInput(CHOOSE_FILE)
        if self.reading.locked():
            raise BadInput(ONE_AT_A_TIME)
        async with self.reading:
            draft = await asyncio.to_thread(read_content, incoming.file.content)
        async with self._editing:
            name, working = await asyncio.to_thread(self._add, draft)
        says = READ.format(title=working.title or UNTITLED, count=len(working.clauses))
        return _showing(note(says), name)

    def _add(self, draft: Draft) -> tuple[str, WorkingDraft]:
        """Keeps a draft, under the letters the command would give it in a school without documents."""
        working = placed(draft, short_id(draft.title or UNTITLED))
        return self.drafts.add(working), working

    def _editor(self, edit: Edit, says: str) -> Callable[[Incoming, Person], Awaitable[Outgoing]]:
        """A handler that changes one draft in one way."""

        async def handle(incoming: Incoming, person: Person) -> Outgoing:
            async with self._editing:
                kept = await self._seen(incoming)
                edited = edit(kept.draft, _key(incoming), incoming)
                if edited != kept.draft:
                    await asyncio.to_thread(self.drafts.change, kept, edited)
            return note(says)

        return handle

    async def _seen(self, incoming: Incoming) -> KeptDraft:
        inputs = incoming.inputs
        return await asyncio.to_thread(self.drafts.as_seen, inputs.get("draft", ""), inputs.get("seen", ""))

    async def _undo(self, incoming: Incoming, person: Person) -> Outgoing:
        async with self._editing:
            await asyncio.to_thread(self.drafts.undo, await self._seen(incoming))
        return note(UNDONE)

    async def _throw_away(self, incoming: Incoming, person: Person) -> Outgoing:
        if incoming.inputs.get("sure") != "true":
            raise BadInput(TICK_FIRST)
        async with self._editing:
            kept = await self._seen(incoming)
            await asyncio.to_thread(self.drafts.remove, kept.name)
        return note(THROWN_AWAY.format(title=kept.title))

    async def _use(self, incoming: Incoming, person: Person) -> Outgoing:
        """Puts the document into the school's folder, seals who added it, and begins the proposals."""
        async with self._editing:
            kept = await self._seen(incoming)
            draft = kept.draft.draft()
            await self._put(kept.draft.id, draft, incoming, person)
            await asyncio.to_thread(self.drafts.remove, kept.name)
        self.proposing.start()
        return note(USED.format(title=draft.title or UNTITLED, count=len(draft.clauses)))

    async def _put(self, id: str, draft: Draft, incoming: Incoming, person: Person) -> None:
        """Writes the document and seals it; what cannot be read again, or not be sealed, is taken back."""
        folder, written = self.drafts.folder.parent, list[AddedDocument]()
        try:
            await self.in_turn(lambda: written.append(add_document(folder, draft, id)))
            await self._seal(id, draft, written[0], incoming, person)
        except StaffroomError:
            if written:
                await self.in_turn(lambda: take_back(folder, written[0]))
            raise

    async def _seal(self, id: str, draft: Draft, added: AddedDocument, incoming: Incoming, person: Person) -> None:
        digest = digest_of(added.text)
        head = await self.context.store.head()  # a document that was taken out by hand may be added once more
        await self.context.write(
            EventKind.POLICY_ADDED,
            f"policy_added/{id}/{head.number}",
            actor=await self.context.pseudonym(person),
            facts={"document": id, "clauses": len(draft.clauses), "digest": digest},
            who=details(person, incoming.caller, incoming.conversation),
        )

    async def _propose(self, incoming: Incoming, person: Person) -> Outgoing:
        self.proposing.start()
        return note(PROPOSING)

    def held(self) -> dict[str, str]:
        """The titles of the documents the school has, by id."""
        return documents_of(self.drafts.folder.parent)


def _key(incoming: Incoming) -> int:
    """The place a press names; -1, where no clause is, for anything else."""
    place = number(incoming.inputs.get("clause", ""), -1, 1e9)
    return -1 if place is None else int(place)


def _split(draft: WorkingDraft, key: int, incoming: Incoming) -> WorkingDraft:
    return draft.split(key, clean_line(incoming.inputs.get("words", ""), MAX_TITLE_CHARS))


def _described(draft: WorkingDraft, key: int, incoming: Incoming) -> WorkingDraft:
    inputs = incoming.inputs
    duty = inputs.get("duty", "")
    if duty not in set(Modality):
        raise BadInput(NO_SUCH_DUTY)
    binds = [clean_line(group, MAX_FACT_CHARS) for group in inputs.get("binds", "").split(",")]
    return draft.described(
        key,
        clean_line(inputs.get("ref", ""), MAX_REF_CHARS),
        clean_line(inputs.get("heading", ""), MAX_TITLE_CHARS),
        Modality(duty),
        [group for group in binds if group],
    )


def _facts(draft: WorkingDraft, key: int, incoming: Incoming) -> WorkingDraft:
    filled = {name: clean_line(incoming.inputs.get(name, ""), MAX_FACT_CHARS) for name in ("id", "version", *DATES)}
    title = clean_line(incoming.inputs.get("title", ""), MAX_TITLE_CHARS)
    return with_facts(draft, filled["id"], title, filled["version"], filled)


def _showing(outgoing: Outgoing, draft: str) -> Outgoing:
    """A note after which the page shows this draft."""
    values: dict[str, Any] = {**outgoing.values, "draft": draft}
    return replace(outgoing, values=values)
