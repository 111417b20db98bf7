"""Several of the policy's answers in one press: proposals that allow nothing, and what the policy does not say."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.ask.rules.approvals import RulingChange
from bot.ask.rules.ruling_states import is_silence_to_confirm, may_permit_something
from bot.ask.rules.verdicts import Verdict
from bot.ask.ruling_commands import RulingCommands
from bot.ask.rulings_file import CONFIRMED_FIELDS, MEANWHILE, NO_SUCH_RULING, TO_WRITE, Edit
from bot.desk.routing import Command
from bot.desk.rules.messages import Incoming, Outgoing
from bot.errors import BadInput
from bot.people.rules.permissions import Permission
from bot.people.rules.person import Person

CHOSEN = "situations"  # the field of the boxes that are ticked
TICK_ONE = "Please tick at least one. Nothing was changed."
ONE_BY_ONE = "{label}: this allows something, so it is confirmed by itself. Nothing was changed."
RULED_ALREADY = "{label}: there is an answer already. Please look at the page as it is now. Nothing was changed."
NOT_PROPOSED = "{label}: there is nothing to confirm. Nothing was changed."
CONFIRMED = "Confirmed: {count}. The headteacher can approve {them} now."
READ_ALONE = "{labels}: please read the clause first, and confirm this by itself. Nothing was changed."
LEFT_ALONE = " Not these, please read the clause of each first: {labels}."
SILENCES = "Noted that the policy does not say anything on {count} of these."
TO_BE_WRITTEN = " It does speak of {count}, as you say: write {them} below."


@dataclass(frozen=True, slots=True)
class RulingBatches:
    """The commands. A press brings the ticked `situations`, with commas; `file` is the digest of the file shown."""

    rulings: RulingCommands

    def commands(self) -> tuple[Command, ...]:
        """Buttons of the page Answers only."""
        return (
            Command("confirm_rulings", self._confirm, Permission.RULINGS),
            Command("silence_rulings", self._say_nothing, Permission.RULINGS),
            Command("confirm_silences", self._confirm_silences, Permission.RULINGS),
        )

    async def _confirm(self, incoming: Incoming, person: Person) -> Outgoing:
        """Confirms proposals; one that may allow something or is doubtful is never among them.

        A doubtful one that was ticked stays a proposal, and the reply says so.
        """
        chosen = self._chosen(incoming)
        ids = [id for id in chosen if not self._must_be_read_alone(id)]
        if not ids:
            raise BadInput(READ_ALONE.format(labels=self._labels(chosen)))

        def edit() -> Edit:
            for id in ids:
                self._refuse_unless_plain_proposal(id)
            return self.rulings.file.edited_alike(incoming.inputs.get("file", ""), ids, CONFIRMED_FIELDS)

        says = CONFIRMED.format(count=_answers(len(ids)), them="it" if len(ids) == 1 else "them")
        left = [id for id in chosen if id not in ids]
        says += LEFT_ALONE.format(labels=self._labels(left)) if left else ""
        return await self.rulings.change(edit, RulingChange.CONFIRM, incoming, person, says)

    async def _confirm_silences(self, incoming: Incoming, person: Person) -> Outgoing:
        """Confirms the silences that are ticked, and keeps of the others that the policy speaks of them.

        The page shows all silences that wait, so those of the file that was `seen` and are not ticked were unticked.
        """
        ticked = set(self._ids(incoming))
        changes = {id: RulingChange.CONFIRM if id in ticked else RulingChange.TO_WRITE for id in self._silences(ticked)}

        def edit() -> Edit:
            if set(changes) != self._silences(ticked):
                raise BadInput(MEANWHILE)
            fields = {id: CONFIRMED_FIELDS if id in ticked else {TO_WRITE: True} for id in changes}
            return self.rulings.file.edited_each(incoming.inputs.get("file", ""), fields)

        unticked = len(changes) - len(ticked)
        says = SILENCES.format(count=len(ticked)) if ticked else ""
        if unticked:
            says += TO_BE_WRITTEN.format(count=unticked, them="its answer" if unticked == 1 else "their answers")
        return await self.rulings.change(edit, changes, incoming, person, says.strip())

    def _silences(self, ticked: Collection[str]) -> set[str]:
        """The silences that wait for a person; raises BadInput if one was ticked that does not, or if none waits."""
        rulings = self.rulings.policy.rulings.values()
        waiting = {r.situation for r in rulings if not r.is_common and is_silence_to_confirm(r)}
        for id in ticked:
            if id not in waiting:
                raise BadInput(NOT_PROPOSED.format(label=self._label(id)))
        if not waiting:
            raise BadInput(NO_SUCH_RULING)
        return waiting

    async def _say_nothing(self, incoming: Incoming, person: Person) -> Outgoing:
        """Writes "the policy does not say" where there is no answer yet."""
        ids = self._chosen(incoming)

        def edit() -> Edit:
            for id in ids:
                ruling = self.rulings.policy.rulings.get(id)
                if ruling is not None and not ruling.is_common:
                    raise BadInput(RULED_ALREADY.format(label=self._label(id)))
            silence = {"verdict": Verdict.NOT_COVERED.value}
            return self.rulings.file.edited_alike(incoming.inputs.get("file", ""), ids, silence)

        says = SILENCES.format(count=len(ids))
        return await self.rulings.change(edit, RulingChange.SAY_NOTHING, incoming, person, says)

    def _chosen(self, incoming: Incoming) -> list[str]:
        """The situations that were ticked; raises BadInput for none, and for one that no school rules on."""
        ids = self._ids(incoming)
        if not ids:
            raise BadInput(TICK_ONE)
        return ids

    def _ids(self, incoming: Incoming) -> list[str]:
        ids = list(dict.fromkeys(filter(None, incoming.inputs.get(CHOSEN, "").split(","))))
        for id in ids:
            situation = self.rulings.policy.situations.get(id)
            if situation is None or situation.chat or situation.offers:
                raise BadInput(NO_SUCH_RULING)
        return ids

    def _refuse_unless_plain_proposal(self, id: str) -> None:
        ruling = self.rulings.policy.rulings.get(id)
        if ruling is None or ruling.is_common:
            raise BadInput(NO_SUCH_RULING)
        if not ruling.is_proposed:
            raise BadInput(NOT_PROPOSED.format(label=self._label(id)))
        if may_permit_something(ruling):
            raise BadInput(ONE_BY_ONE.format(label=self._label(id)))

    def _must_be_read_alone(self, id: str) -> bool:
        ruling = self.rulings.policy.rulings.get(id)
        return ruling is not None and ruling.must_be_read_alone

    def _labels(self, ids: Sequence[str]) -> str:
        return "; ".join(self._label(id) for id in ids)

    def _label(self, id: str) -> str:
        return self.rulings.policy.situations[id].label


def _answers(count: int) -> str:
    return "1 answer" if count == 1 else f"{count} answers"
