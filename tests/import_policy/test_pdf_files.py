"""PDFs of layouts that schools really use become the clauses a reader sees."""

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from bot.errors import BadInput
from bot.import_policy.pdf_reader import read_pdf
from bot.import_policy.rules.clauses import Draft
from bot.import_policy.rules.cut_clauses import cut
from tests.import_policy.pdf_files import LEFT, Paper


def drafted(paper: Paper) -> Draft:
    return cut(read_pdf(paper.saved()))


def cited(draft: Draft) -> list[tuple[str, str]]:
    return [(clause.ref, clause.text) for clause in draft.clauses]


def test_two_columns_are_read_one_after_the_other():
    paper = Paper()
    paper.line("Camera rules", size=18, bold=True, step=40)
    begin = paper.height
    for left, heading, word in ((LEFT, "Indoors", "lamp"), (320, "Outdoors", "hedge")):
        paper.height = begin
        paper.line(heading, left=left, size=13, bold=True, step=20)
        for number in range(1, 5):
            paper.lines(
                f"Camera {number} is placed near the {word} so that",
                f"nobody can reach the {word} or the",
                f"wire of the camera {number}.",
                left=left,
            )

    draft = drafted(paper)

    assert draft.title == "Camera rules"
    assert [ref for ref, _ in cited(draft)] == [
        f"{side}, paragraph {n}" for side in ("Indoors", "Outdoors") for n in (1, 2, 3, 4)
    ]
    assert cited(draft)[4][1] == (
        "Camera 1 is placed near the hedge so that nobody can reach the hedge or the wire of the camera 1."
    )


def test_headers_footers_and_page_numbers_are_found_because_they_are_repeated():
    paper = Paper(header="Hilltop Juniors - Phones", footer="Page {page} of 3")
    for page in range(3):
        paper.heading(f"Part {'ABC'[page]} of the rules")
        paper.lines(f"Phones of kind {'ABC'[page]} must be off.")
        if page < 2:
            paper.next_page()

    draft = drafted(paper)

    assert [text for _, text in cited(draft)] == [f"Phones of kind {kind} must be off." for kind in "ABC"]
    assert "Hilltop Juniors - Phones" in draft.left_out


def test_a_paragraph_goes_on_over_a_page_and_hyphens_are_joined_where_the_word_has_none():
    paper = Paper(header="Hilltop", footer="{page}")
    paper.heading("Phones")
    paper.item("1.1", "Staff who come to the after-school club must put every one of their devices into the lo-")
    paper.height += 6
    paper.lines("cker by the door before they meet the children of the after-", left=LEFT + 30)
    paper.next_page()
    paper.lines("school club, without exception.", left=LEFT + 30)
    paper.item("1.2", "They may ring out.")

    assert cited(drafted(paper)) == [
        (
            "1.1",
            "Staff who come to the after-school club must put every one of their devices into the locker by the door"
            " before they meet the children of the after-school club, without exception.",
        ),
        ("1.2", "They may ring out."),
    ]


def test_numbers_in_front_are_cited_as_typed():
    paper = Paper()
    paper.heading("1. Phones")
    paper.item("(a)", "Phones must be off.")
    paper.item("(b)", "Staff must not:")
    paper.item("(i)", "ring in class; or", left=LEFT + 30)
    paper.item("(ii)", "film.", left=LEFT + 30)
    paper.item("(c)", "Phones may be used", "7.30 am is too early.")
    paper.heading("2. Cameras")
    paper.item("(a)", "Sign them out.")

    assert [ref for ref, _ in cited(drafted(paper))] == ["1(a)", "1(b)", "1(b)(i)", "1(b)(ii)", "1(c)", "2(a)"]


def test_a_ruled_table_is_read_row_by_row_also_across_pages():
    paper = Paper()
    paper.heading("Storage")
    paper.lines("Files are kept as the table says.")
    paper.table([["Place", "Allowed"], ["Shared drive", "Yes, in the folder\nof the class"]], [150, 200])
    paper.next_page()
    paper.table([["Place", "Allowed"], ["Own laptop", "No, in no case"]], [150, 200])
    paper.lines("Ask the office first.")

    assert cited(drafted(paper)) == [
        ("Storage, paragraph 1", "Files are kept as the table says."),
        ("Table, row 1 (Shared drive)", "Shared drive Yes, in the folder of the class"),
        ("Table, row 2 (Own laptop)", "Own laptop No, in no case"),
        ("Storage, paragraph 2", "Ask the office first."),
    ]


def test_a_footnote_at_the_foot_of_a_page_is_a_clause_of_its_own():
    paper = Paper()
    paper.heading("Watches")
    paper.raised("Watches must be silent.", "1")
    paper.lines("Watches may be worn at work, on every day.")
    paper.height = 60
    paper.line("1 Medical watches are exempt.", size=8)

    assert cited(drafted(paper)) == [
        ("Watches, paragraph 1", "Watches must be silent."),
        ("Footnote 1", "Medical watches are exempt."),
        ("Watches, paragraph 2", "Watches may be worn at work, on every day."),
    ]


def test_headings_without_numbers_and_bullets():
    paper = Paper()
    paper.line("Guidance on phones", size=18, bold=True, step=30)
    for heading in ("Why we ask", "What we ask"):
        paper.heading(heading)
        paper.item(
            "\u2022", "Keep phones away from every classroom and from the hall as", "well, at all times.", hang=12
        )
        paper.item("\u2022", "Tell the office.", hang=12)

    assert [ref for ref, _ in cited(drafted(paper))] == [
        "Why we ask, bullet 1", "Why we ask, bullet 2", "What we ask, bullet 1", "What we ask, bullet 2",
    ]  # fmt: skip


def test_a_contents_page_is_left_out():
    paper = Paper()
    paper.line("Phones policy", size=18, bold=True, step=30)
    paper.line("Contents", bold=True, size=13)
    paper.line("1 Phones ............................ 2")
    paper.line("2 Cameras ........................... 2")
    paper.next_page()
    paper.heading("1 Phones")
    paper.item("1.1", "Phones must be off.")
    paper.heading("2 Cameras")
    paper.item("2.1", "Cameras must be locked.")

    assert [ref for ref, _ in cited(drafted(paper))] == ["1.1", "2.1"]


def test_ligatures_are_unfolded_and_coloured_lines_are_headings():
    pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))
    paper = Paper()
    paper.line("Rules", size=18, bold=True, step=30)
    paper.coloured("In the office")
    paper.line("Staff in the of\ufb01ce must ring o\ufb02ine.", font="Vera")

    assert cited(drafted(paper)) == [("In the office, paragraph 1", "Staff in the office must ring ofline.")]


def test_a_scan_without_text_is_refused_with_what_to_do():
    paper = Paper()
    paper.next_page()

    with pytest.raises(BadInput, match=r"no text in it\. Use the Word file"):
        read_pdf(paper.saved())


def test_a_damaged_pdf_is_refused():
    with pytest.raises(BadInput, match="damaged"):
        read_pdf(b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog")
