"""A campaign as its people press and say it: opened by the head, read, acknowledged, summed up."""

from tests.journeys.school import School

HEAD, OFFICE, TEACHER, ASSISTANT = "demo-head", "demo-office", "demo-teacher", "demo-assistant"


async def opened(at: School) -> None:
    """Published and opened by the head, and the cards are out."""
    await at.presses(HEAD, "publish", weight="material")
    form = await at.says(HEAD, "open campaign")
    reply = await at.press_on(HEAD, form["card"], "Open", audience="staff,volunteer,governor", due="2026-09-28")
    assert "18 people are asked" in reply["text"]
    sent = await at.press_on(HEAD, reply["card"], "Send")
    assert "All 17 people will get it during their working hours" in sent["text"]
    await at.tick()


async def agreement_of(at: School, account: str) -> dict:
    return (await at.says(account, "agreement"))["card"]


async def acknowledge(at: School, account: str) -> dict:
    return await at.press_on(account, await agreement_of(at, account), "Acknowledge", agree="true")


async def summary(at: School) -> str:
    return (await at.says(HEAD, "summary"))["text"]
