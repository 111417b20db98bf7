"""A document that a school brings, and how tests press on the page "Add a policy"."""

import re
from dataclasses import replace
from html import unescape
from io import BytesIO

import aiohttp
from docx import Document

from tests.channels.pages.pages_school import Answer, PagesSchool

SECTIONS = {
    "In lessons": (
        "Staff must keep their own phone switched off:",
        "in classrooms, and",
        "Staff must not take photographs of children on their own phone. Staff may use the school's tablet.",
    ),
    "At break": ("Staff may use their own phone in the staff room.", "A kettle is in the kitchen."),
}


def a_document(sections: dict[str, tuple[str, ...]] = SECTIONS, title: str = "Wearables Policy") -> bytes:
    document = Document()
    document.add_heading(title, 0)
    document.add_paragraph("Approved: 1 September 2025")
    for heading, rules in sections.items():
        document.add_heading(heading, 1)
        for rule in rules:
            document.add_paragraph(rule, style="List Number")
    file = BytesIO()
    document.save(file)
    return file.getvalue()


async def bring(at: PagesSchool, content: bytes, name: str = "../../policy.docx") -> Answer:
    """Uploads a file; the page of its draft, or a refusal."""
    page = await at.get("add-policy")
    form = aiohttp.FormData({"csrf": page.csrf, "press": page.button("Read this file")})
    form.add_field("file", BytesIO(content), filename=name, content_type="application/octet-stream")
    return await at.post("add-policy", form)


async def draft_page(at: PagesSchool, name: str = "wearables-policy", **query: str) -> Answer:
    return await at.get("add-policy", draft=name, **query)


def clause_card(page: Answer, words: str) -> Answer:
    """The part of the page about the clause with these words."""
    cards = re.findall(r'<section class="ruling".*?</section>', page.text, re.DOTALL)
    return replace(page, text=next(c for c in cards if words in unescape(c.split("<figure>")[0])))


def button_of(card: Answer, title: str) -> str:
    match = re.search(rf'name="press" value="([^"]+)"[^>]*>{re.escape(title)}<', card.text)
    assert match, (title, card.text)
    return unescape(match[1])


async def press(at: PagesSchool, page: Answer, words: str, title: str, **fields: str) -> Answer:
    """Presses a button of the clause with these words."""
    card = clause_card(page, words)
    path = re.search(r'action="/school/([^"#]+)', card.text)
    assert path
    return await at.post(unescape(path[1]), {"csrf": page.csrf, "press": button_of(card, title), **fields})
