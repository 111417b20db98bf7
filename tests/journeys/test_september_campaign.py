"""A September: publish, open, read, ask, acknowledge, a change half-way, paper, leavers, close, and the evidence."""

import asyncio
import subprocess
import sys
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from bot.ask.understanding import Understanding
from bot.campaigns.pack import others
from bot.evidence.rules.ledger import verify
from bot.outbox.rules.message import DeliveryState, MessageKind, Subject
from bot.settings import Settings
from tests.journeys.campaign import ASSISTANT, HEAD, OFFICE, TEACHER, acknowledge, agreement_of, opened, summary
from tests.journeys.policy_files import with_changes
from tests.journeys.school import School, school, words


async def test_nothing_opens_before_it_is_published_and_only_the_head_opens(september: School):
    assert "Nothing is published yet" in (await september.says(HEAD, "open campaign"))["text"]
    await september.presses(HEAD, "publish", weight="material")

    assert "Only the headteacher" in (await september.says(TEACHER, "open campaign"))["text"]
    assert "Only the headteacher" in (await september.presses(TEACHER, "open", due="2026-09-28"))["text"]
    assert (await september.says("demo-deputy", "open campaign"))["card"]["id"] == "opening"


async def test_a_policy_past_its_review_opens_only_anyway_and_that_is_kept(september: School):
    await september.presses(HEAD, "publish", weight="material")

    warned = await september.presses(HEAD, "open", audience="staff", due="2026-09-28")

    assert warned["card"]["id"] == "opening"
    assert "should have been reviewed by Tuesday 30 November 2021" in warned["text"]
    await september.press_on(HEAD, warned["card"], "Open anyway", audience="staff", due="2026-09-28")
    (entry,) = [entry for entry in await september.store.entries() if entry.event.kind == "open"]
    assert entry.event.facts["anyway"] is True


async def test_the_card_comes_is_acknowledged_once_and_stays_a_receipt(september: School):
    await opened(september)

    (card,) = await september.opens_page(TEACHER, 1)
    assert card["card"]["id"] == "agreement"
    refused = await september.press_on(TEACHER, card["card"], "Acknowledge", agree="false")
    assert "Nothing was recorded yet" in refused["text"]
    first = await september.press_on(TEACHER, card["card"], "Acknowledge", agree="true")
    again = await september.press_on(TEACHER, card["card"], "Acknowledge", agree="true")

    assert first["card"]["id"] == "receipt" and first["takes_place"]
    assert "A class teacher acknowledged" in first["text"]
    assert "Monday 7 September 2026, 09:00 (London)" in first["text"]
    assert again["card"] == first["card"] == (await agreement_of(september, TEACHER))
    assert "1 of 18 have acknowledged (6%)" in await summary(september)


async def test_a_press_by_somebody_else_records_nothing_for_the_addressee(september: School):
    await opened(september)
    card = await agreement_of(september, TEACHER)

    reply = await september.press_on(ASSISTANT, card, "Acknowledge", agree="true")

    assert "for somebody else" in words(reply)
    assert reply["card"]["id"] == "agreement"
    assert "0 of 18" in await summary(september)


async def test_four_presses_at_once_make_one_record(september: School):
    await opened(september)
    card = await agreement_of(september, TEACHER)

    reply = await asyncio.gather(*(september.press_on(TEACHER, card, "Acknowledge", agree="true") for _ in range(4)))

    assert len({outgoing["text"] for outgoing in reply}) == 1
    kinds = [entry.event.kind for entry in await september.store.entries()]
    assert kinds.count("acknowledge") == 1


async def test_a_material_change_asks_again_shows_what_changed_and_keeps_the_first_receipt(september: School):
    await opened(september)
    stale = await agreement_of(september, ASSISTANT)
    first = await acknowledge(september, TEACHER)
    await change_the_policy(september)

    reply = await september.press_on(ASSISTANT, stale, "Acknowledge", agree="true")
    assert "was replaced by version" in words(reply) and reply["card"]["id"] == "agreement"
    await september.tick()
    card = await agreement_of(september, TEACHER)
    assert card["id"] == "agreement"
    assert "What changed since you last acknowledged" in words({"card": card})
    assert "I will lock my laptop, always." in words({"card": card})

    second = await september.press_on(TEACHER, card, "Acknowledge", agree="true")
    assert second["text"] != first["text"]
    receipts = (await september.campaigns.projection()).receipts
    assert [len(of_person) for of_person in receipts.values() if of_person] == [2]


async def test_after_a_material_change_nothing_goes_out_before_the_head_has_seen_it_and_pressed_send(
    september: School,
):
    await opened(september)
    await change_the_policy(september)
    campaign = await september.campaigns.campaign("")
    await september.after(days=14)  # a day for reminders

    slots = await september.messages()
    assert not [
        message for message in slots if message.kind is MessageKind.AGREEMENT and message.subject == campaign.subject
    ]
    assert not [message for message in slots if message.kind is MessageKind.NUDGE]
    (reply,) = [outgoing for outgoing in await september.opens_page(HEAD, 3) if outgoing["card"]["id"] == "names"]
    assert "Version October 2026 is asked of everybody again" in reply["text"]
    preview = await september.press_on(HEAD, reply["card"], "See what")
    assert "version October 2026 is asked of everybody again" in preview["text"]
    assert "A class teacher: the card on Monday 21 September" in preview["text"]

    await september.press_on(HEAD, preview["card"], "Send")
    await september.tick()
    sent = [message for message in await september.messages() if message.subject == campaign.subject]
    assert [
        message for message in sent if message.kind is MessageKind.AGREEMENT and message.state is DeliveryState.SENT
    ]
    assert "asked of everybody again" not in (await september.says(HEAD, "preview"))["text"]


async def test_until_new_words_are_published_the_published_statement_is_what_is_acknowledged(
    settings: Settings, understanding: Understanding
):
    async with school(settings, understanding) as before:
        await opened(before)
        old = before.campaigns.agreement.statement
    changes = {name: {"I have read and understand": "I know"} for name in ("school.toml", "acceptable-use.toml")}

    async with school(with_changes(settings, changes), understanding) as after:
        card = await agreement_of(after, TEACHER)
        await acknowledge(after, TEACHER)

        new = after.campaigns.agreement.statement
        assert new.startswith("I know the above") and old in words({"card": card}) and new not in words({"card": card})
        (entry,) = [entry for entry in await after.store.entries() if entry.event.kind == "acknowledge"]
        assert entry.event.facts["statement"] == old


async def test_a_minor_change_asks_nobody_again(september: School):
    await opened(september)
    await acknowledge(september, TEACHER)
    await change_the_policy(september, weight="minor")

    assert (await agreement_of(september, TEACHER))["id"] == "receipt"
    assert "1 of 18" in await summary(september)


async def change_the_policy(at: School, weight: str = "material") -> None:
    """The school changes a clause in its file, and publishes it."""
    context = at.context
    paper = context.school.documents["AUP"]
    clauses = tuple(
        replace(clause, text="I will lock my laptop, always.") if clause.id == "AUP-safety.5" else clause
        for clause in paper.clauses
    )
    changed = replace(paper, version="October 2026", clauses=clauses)
    context.school = replace(context.school, documents={**context.school.documents, "AUP": changed})
    assert "unpublished draft" in (await at.says(HEAD, "open campaign"))["text"]
    assert "unpublished draft" in words(await at.says(TEACHER, "do I have to lock my laptop?"))
    form = await at.says(HEAD, "publish")
    reply = await at.press_on(HEAD, form["card"], "Yes" if weight == "material" else "No")
    assert "Published" in reply["text"]
    assert ("once the headteacher has looked" in reply["text"]) == (weight == "material")
    assert "unpublished draft" not in words(await at.says(TEACHER, "do I have to lock my laptop?"))


async def test_a_question_goes_to_the_desk_first_and_then_word_for_word_to_the_head(september: School):
    await opened(september)
    card = await agreement_of(september, TEACHER)
    form = await september.press_on(TEACHER, card, "I have a question")
    answer = await september.press_on(
        TEACHER, form["card"], "See what the policy says", question="Do I have to lock my laptop?"
    )
    assert "lock" in words(answer)
    reply = await september.press_on(TEACHER, answer["card"], "Send to", question="Even for a minute?")
    assert "Sent to The deputy headteacher and The headteacher" in reply["text"]
    await september.tick()

    letters = await september.opens_page(HEAD, 2)
    (asked,) = [outgoing for outgoing in letters if outgoing["card"]["id"] == "asked"]
    assert "Even for a minute?" in words(asked)
    assert all("Even for" not in entry.what.text + entry.who.text for entry in await september.store.entries())
    assert "waiting for an answer from you" in await summary(september)
    await september.press_on(HEAD, asked["card"], "Mark as answered")
    assert "waiting for an answer" not in await summary(september)
    assert all("Even for" not in message.words for message in await september.messages())


async def test_time_is_given_once_and_not_now_brings_it_on_the_next_working_day(september: School):
    await opened(september)
    card = await agreement_of(september, "demo-part-time")  # works Monday and Tuesday

    assert "Tuesday 8 September" in (await september.press_on("demo-part-time", card, "Not now"))["text"]
    await september.after(days=1)
    known = {person.account: person.pseudonym for person in (await september.store.everybody_known()).values()}
    slots = [message for message in await september.messages() if message.recipient == known["demo-part-time"]]
    assert [(message.kind, message.on.day, message.state) for message in slots] == [
        (MessageKind.AGREEMENT, 7, DeliveryState.SENT),
        (MessageKind.AGREEMENT, 8, DeliveryState.SENT),
    ]

    reply = await september.press_on("demo-part-time", card, "I’d like time first")
    again = await september.press_on("demo-part-time", card, "I’d like time first")
    assert "Tuesday 22 September 2026" in reply["text"] and "Tuesday 22 September 2026" in again["text"]


async def test_a_pause_has_no_reason_cancels_what_is_unsent_and_gives_ten_working_days(september: School):
    await opened(september)
    card = await agreement_of(september, "demo-paused")
    await september.press_on("demo-paused", card, "Not now")
    form = await september.says(HEAD, "pause")
    person = next(
        choice["value"] for choice in form["card"]["body"][3]["choices"] if choice["title"] == "A teacher on a pause"
    )

    reply = await september.press_on(HEAD, form["card"], "Set the pause", person=person, until="2026-09-25")

    assert "is sent nothing until Friday 25 September" in reply["text"]
    assert not [message for message in await september.messages() if message.on.day == 8]
    assert "1 paused" in await summary(september)
    book = september.campaigns
    statuses = others(await book.signatories(await book.campaign("")))
    assert not [status for status in statuses if "pause" in status[1]]
    await september.after(days=20)
    left = (await september.says(HEAD, "who is left"))["text"]
    assert "A teacher on a pause: by Fri 9 Oct" in left


async def test_the_office_records_a_sheet_counted_apart_and_corrected_by_another_entry(september: School):
    await opened(september)
    form = await september.says(OFFICE, "record paper")
    choices = {choice["title"]: choice["value"] for choice in form["card"]["body"][3]["choices"]}
    sheet = {"person": choices["A volunteer without an account"], "signed": "2026-09-07", "reason": ""}

    reply = await september.press_on(OFFICE, form["card"], "Record it", **sheet, witness=choices["The site manager"])

    assert "Recorded: the sheet A volunteer without an account signed" in reply["text"]
    assert "1 on paper" in await summary(september)
    number = reply["text"].rstrip(".").rsplit(" ", 1)[1]
    wrong = await september.presses(HEAD, "correct", receipt=number, reason="another person's sheet")
    assert "no longer counts" in wrong["text"]
    assert "1 on paper" not in await summary(september)
    again = await september.press_on(OFFICE, form["card"], "Record it", **sheet, witness=choices["The site manager"])
    assert "Recorded" in again["text"]


async def test_newcomers_get_their_own_date_and_leavers_leave_a_record(september: School):
    await opened(september)
    lines = september.staff.read_text().splitlines()
    kept = [line for line in lines if not line.startswith("ta1,")]
    september.staff.write_text("\n".join([*kept, "n1,demo-new,A newcomer,,staff,,,,,New"]) + "\n")

    await september.after(days=14)

    text = (await september.says(HEAD, "who is left"))["text"]
    assert "A newcomer: by Mon 12 Oct" in text
    assert "1 left before completing" in text
    entries = [entry.event for entry in await september.store.entries()]
    assert [entry.campaign for entry in entries if entry.kind == "leave"] == ["AUP-2026-1", ""]


async def test_the_whole_september_ends_in_a_pack_that_verifies_without_us(september: School, tmp_path: Path):
    await opened(september)
    for account in (TEACHER, ASSISTANT, HEAD, "demo-governor", "demo-volunteer"):
        assert (await acknowledge(september, account))["card"]["id"] == "receipt"
    await change_the_policy(september)
    await september.after(days=7)
    for account in (TEACHER, HEAD, "demo-chair"):
        assert (await acknowledge(september, account))["card"]["id"] == "receipt"
    closing = await september.says(HEAD, "close campaign")
    assert "15 people have not acknowledged" in closing["text"]
    reply = await september.press_on(HEAD, closing["card"], "Close it now")
    assert "3 of 18 are complete; 15 are not" in reply["text"]
    await september.tick()
    sent = [message for message in await september.messages() if message.kind is MessageKind.SUMMARY]
    assert {message.subject for message in sent} == {
        Subject(campaign="AUP-2026-1"),
        Subject(campaign="AUP-2026-1", name="closed"),
    }

    reply = await september.says(HEAD, "export")
    assert "NOT encrypted" in reply["text"]
    assert september.http
    async with september.http.get(f"{september.address}{reply['file']['address']}") as answer:
        pack = zipfile.ZipFile(BytesIO(await answer.read()))
    pack.extractall(tmp_path / "pack")

    head = verify(await september.store.entries())
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-I", str(tmp_path / "pack" / "verify.py"), "--head", str(head)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "8 acknowledgements" in done.stdout
    opened_lines = (tmp_path / "pack" / "ledger.jsonl").read_text()
    assert "A class teacher" in opened_lines
