"""What head and office do with the policy's answers on the pages: confirm, change, strike, approve, undo, try."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.ask.answer_trial import TryAnswer
from bot.ask.held_understanding import HeldUnderstanding, ReadAgain
from bot.ask.rules.approvals import NEVER, RulingChange, approval_in_force
from bot.ask.rules.lint_rulings import against_clauses, rulings_found
from bot.ask.rules.policy import Policy
from bot.ask.rules.ruling_form import Filled, changed_fields, form_values
from bot.ask.rules.ruling_states import may_permit_something
from bot.ask.rules.rulings import Ruling, digest
from bot.ask.rules.verdicts import Verdict
from bot.ask.rulings_file import DOUBTFUL, MEANWHILE, NO_SUCH_RULING, PROPOSED, REMARK, Edit, RulingsFile
from bot.desk.routing import Command
from bot.desk.rules.messages import Incoming, Outgoing, card_beside, note
from bot.errors import BadInput, StaffroomError
from bot.evidence.context import Context, details
from bot.evidence.rules.ledger import EventKind
from bot.outside import clean_line, written_text
from bot.people.rules.permissions import Permission
from bot.people.rules.person import Person
from bot.undoable_file import digest_of

MAX_REMARK_CHARS = 300
CONFIRMED = "Confirmed: {label}. The headteacher can approve it now."
SILENCE = "Noted that the policy does not say: {label}."
STRUCK = "Struck: {label}. It is not ruled any more."
CHANGED = "Changed: {label}. It waits for the headteacher's approval."
SENT_BACK = "Sent back: {label}."
UNDONE = "The last change was undone. What it had approved before must be approved again."
APPROVED = "Approved: {label}."
APPROVED_ALL = "{count} answers are approved."
CONFIRM_FIRST = "{label}: nobody has confirmed this proposal yet. Nothing was approved."
SENT_BACK_BEFORE = "{label}: this was sent back. Confirm or change it first. Nothing was approved."
ONE_BY_ONE = "{label}: this allows something, so it is approved by itself. Nothing was approved."
NO_REMARK = "Please write what should be looked at again. Nothing was changed."
NOTHING_TO_CONFIRM = "{label}: there is nothing to confirm. Nothing was changed."
PROBLEM = "{says} Nothing was changed."

T = TypeVar("T")
PolicyWith = Callable[[Mapping[str, Any]], Policy]  # the school's policy with these tables for rulings.toml
MakeEdit = Callable[[], Edit]


@dataclass(frozen=True, slots=True)
class RulingCommands:
    """The commands. A press names its situation in `name`; `file` is the digest of the file that was shown.

    `turn` lets one change of the folder happen at a time.
    """

    context: Context
    held: HeldUnderstanding
    file: RulingsFile
    read_again: ReadAgain
    policy_with: PolicyWith
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def commands(self) -> tuple[Command, ...]:
        """Buttons only: none of it can be meant by mistake in a chat."""
        rulings, approve = Permission.RULINGS, Permission.APPROVE
        trial = TryAnswer(self.held, lambda: self.context.today)
        return (
            Command("confirm_ruling", self._confirm, rulings),
            Command("silence_ruling", self._say_nothing, rulings),
            Command("strike_ruling", self._strike, rulings),
            Command("change_ruling", self._form, rulings),
            Command("save_ruling", self._save, rulings),
            Command("undo_ruling", self._undo, rulings),
            Command("send_back_ruling", self._send_back, approve),
            Command("approve_ruling", self._approve, approve),
            Command("approve_rulings", self._approve_all, approve),
            Command("try_answer", trial.answer, rulings),
        )

    @property
    def policy(self) -> Policy:
        """The policy in use."""
        return self.held.current.policy

    async def refresh(self) -> None:
        """Takes over the school's folder and the ledger as they are now."""
        await self.held.refresh(self.context.store, self.read_again)

    async def in_turn(self, change: Callable[[], T], /) -> T:
        """Changes the school's folder while no press does, and answers from what it says then.

        Raises what the change raises, and PolicyFileError if the folder cannot be read afterwards.
        """
        async with self.turn:
            result = await asyncio.to_thread(change)
            await self.refresh()
        return result

    async def _confirm(self, incoming: Incoming, person: Person) -> Outgoing:
        id = self._situation(incoming)

        def edit() -> Edit:
            edit = self.file.edited(_seen(incoming), id, {PROPOSED: None, DOUBTFUL: None, REMARK: None})
            if edit.after == edit.before:
                raise BadInput(NOTHING_TO_CONFIRM.format(label=self._label(id)))
            return edit

        self._refuse_unless_own(id)
        return await self.change(edit, RulingChange.CONFIRM, incoming, person, CONFIRMED.format(label=self._label(id)))

    async def _say_nothing(self, incoming: Incoming, person: Person) -> Outgoing:
        id = self._situation(incoming)
        fields = {"verdict": Verdict.NOT_COVERED.value}
        says = SILENCE.format(label=self._label(id))
        return await self.change(
            lambda: self.file.emptied(_seen(incoming), id, fields), RulingChange.SAY_NOTHING, incoming, person, says
        )

    async def _strike(self, incoming: Incoming, person: Person) -> Outgoing:
        id = self._situation(incoming)
        says = STRUCK.format(label=self._label(id))
        return await self.change(
            lambda: self.file.without(_seen(incoming), id), RulingChange.STRIKE, incoming, person, says
        )

    async def _send_back(self, incoming: Incoming, person: Person) -> Outgoing:
        id, remark = self._situation(incoming), _remark_in(incoming)
        self._refuse_unless_own(id)
        if not remark:
            raise BadInput(NO_REMARK)
        says = SENT_BACK.format(label=self._label(id))
        return await self.change(
            lambda: self.file.edited(_seen(incoming), id, {REMARK: remark}),
            RulingChange.SEND_BACK,
            incoming,
            person,
            says,
        )

    async def _undo(self, incoming: Incoming, person: Person) -> Outgoing:
        return await self.change(lambda: self.file.undone(_seen(incoming)), RulingChange.UNDO, incoming, person, UNDONE)

    async def _form(self, incoming: Incoming, person: Person) -> Outgoing:
        await self.refresh()
        return self._filled_form(self._situation(incoming), digest_of(self.file.text()))

    async def _save(self, incoming: Incoming, person: Person) -> Outgoing:
        """Saves the form; one that cannot be saved comes back with what was filled in, and why."""
        id, filled = self._situation(incoming), Filled.of(incoming.inputs)
        try:
            fields = changed_fields(filled, self.policy.rulings.get(id), self.policy)
            says = CHANGED.format(label=self._label(id))
            return await self.change(
                lambda: self.file.edited(_seen(incoming), id, {**fields, PROPOSED: None, DOUBTFUL: None, REMARK: None}),
                RulingChange.EDIT,
                incoming,
                person,
                says,
            )
        except StaffroomError as error:
            await self.refresh()
            return self._filled_form(id, digest_of(self.file.text()), filled, str(error))

    def _filled_form(self, id: str, seen: str, filled: Filled | None = None, problem: str = "") -> Outgoing:
        values = form_values(id, self.policy, filled)
        return card_beside("change_ruling", {**values, "problem": problem, "file": seen}, values["heading"])

    async def _approve(self, incoming: Incoming, person: Person) -> Outgoing:
        id = self._situation(incoming)
        async with self.turn:
            await self.refresh()
            ruling = self._approvable(id)
            if digest(ruling, self.policy.clauses) != incoming.inputs.get("digest", ""):
                raise BadInput(MEANWHILE)
            await self._seal_approvals([ruling], incoming, person)
        return note(APPROVED.format(label=self._label(id)))

    async def _approve_all(self, incoming: Incoming, person: Person) -> Outgoing:
        """Approves what was shown together; one that allows something is never among them."""
        ids = incoming.inputs.get("names", "").split()
        async with self.turn:
            await self.refresh()
            rulings = [self._approvable(id) for id in dict.fromkeys(ids)]
            for ruling in rulings:
                if may_permit_something(ruling):
                    raise BadInput(ONE_BY_ONE.format(label=self._label(ruling.situation)))
            if not rulings or digest_of_all(rulings, self.policy) != incoming.inputs.get("digest", ""):
                raise BadInput(MEANWHILE)
            await self._seal_approvals(rulings, incoming, person)
        return note(APPROVED_ALL.format(count=len(rulings)))

    def _approvable(self, id: str) -> Ruling:
        """The school's own answer, confirmed by somebody; raises BadInput for any other."""
        self._refuse_unless_own(id)
        ruling, label = self.policy.rulings[id], self._label(id)
        if ruling.is_proposed:
            raise BadInput(CONFIRM_FIRST.format(label=label))
        if ruling.remark:
            raise BadInput(SENT_BACK_BEFORE.format(label=label))
        return ruling

    async def _seal_approvals(self, rulings: Sequence[Ruling], incoming: Incoming, person: Person) -> None:
        actor = await self.context.pseudonym(person)
        who = details(person, incoming.caller, incoming.conversation)
        for ruling in rulings:
            record = self.held.records.get(ruling.situation, NEVER)
            if approval_in_force(ruling, record, self.policy):
                continue
            facts = {"situation": ruling.situation, "digest": digest(ruling, self.policy.clauses)}
            once = f"ruling_approved/{ruling.situation}/{facts['digest']}/{record.changes}"
            await self.context.write(EventKind.RULING_APPROVED, once, actor=actor, facts=facts, who=who)
        await self.held.refresh(self.context.store)

    async def change(
        self, make: MakeEdit, change: RulingChange, incoming: Incoming, person: Person, says: str
    ) -> Outgoing:
        """Checks an edit, seals that the answers were changed, writes the file, and answers from it from now on.

        Sealed first: if the file then cannot be written, an approval is lost, and none can come back.
        """
        async with self.turn:
            await self.refresh()
            edit = await asyncio.to_thread(make)
            await asyncio.to_thread(self._refuse_mistakes, edit)
            await self._seal_change(edit, change, incoming, person)
            await asyncio.to_thread(self.file.write, edit)
            await self.refresh()
        return note(says)

    def _refuse_mistakes(self, edit: Edit) -> None:
        """Raises BadInput, or PolicyFileError, for a mistake that `check` would find in what was changed."""
        policy = self.policy_with(edit.tables)
        if edit.is_undo:
            return
        known = {*rulings_found(self.policy), *against_clauses(self.policy)}
        for finding in (*rulings_found(policy), *against_clauses(policy)):
            if finding.entry in edit.situations and finding not in known:
                raise BadInput(PROBLEM.format(says=finding.says[:1].upper() + finding.says[1:]))

    async def _seal_change(self, edit: Edit, change: RulingChange, incoming: Incoming, person: Person) -> None:
        actor = await self.context.pseudonym(person)
        who = details(person, incoming.caller, incoming.conversation)
        for id in edit.situations:
            changes = self.held.records.get(id, NEVER).changes
            facts = {"situation": id, "change": change.value}
            once = f"ruling_changed/{id}/{changes}"
            await self.context.write(EventKind.RULING_CHANGED, once, actor=actor, facts=facts, who=who)

    def _situation(self, incoming: Incoming) -> str:
        """The situation that a press names; raises BadInput for one that no school rules on."""
        id = incoming.inputs.get("name", "")
        situation = self.policy.situations.get(id)
        if situation is None or situation.chat or situation.offers:
            raise BadInput(NO_SUCH_RULING)
        return id

    def _refuse_unless_own(self, id: str) -> None:
        ruling = self.policy.rulings.get(id)
        if ruling is None or ruling.is_common:
            raise BadInput(NO_SUCH_RULING)

    def _label(self, id: str) -> str:
        return self.policy.situations[id].label


def digest_of_all(rulings: Sequence[Ruling], policy: Policy) -> str:
    """The digest of several answers, in their order."""
    return digest_of(" ".join(digest(ruling, policy.clauses) for ruling in rulings))


def _remark_in(incoming: Incoming) -> str:
    return clean_line(written_text(incoming.inputs.get("remark", "")), MAX_REMARK_CHARS)


def _seen(incoming: Incoming) -> str:
    return incoming.inputs.get("file", "")
