"""Word files of layouts that schools really use become the clauses a reader sees."""

from bot.import_policy.docx_reader import read_docx
from bot.import_policy.rules.clauses import Draft
from bot.import_policy.rules.cut_clauses import cut
from tests.import_policy import word_files as word


def drafted(content: bytes) -> Draft:
    return cut(read_docx(content))


def cited(draft: Draft) -> list[tuple[str, str]]:
    return [(clause.ref, clause.text) for clause in draft.clauses]


def test_a_phones_policy_of_bullets_only():
    document = word.new_document()
    document.add_heading("Model phones policy", 0)
    document.add_paragraph("Hilltop Juniors")
    for heading, bullets in (
        ("In lessons", ["Phones are switched off.", "Phones are kept in the locker."]),
        ("At break", ["Phones may be used in the staff room."]),
    ):
        document.add_heading(heading, 1)
        for bullet in bullets:
            document.add_paragraph(bullet, style="List Bullet")
    document.add_paragraph("It applies to trips too.")
    document.add_paragraph("Bring the school's own phone.", style="List Bullet 2")

    draft = drafted(word.saved(document))

    assert draft.title == "Model phones policy"
    assert cited(draft) == [
        ("In lessons, bullet 1", "Phones are switched off."),
        ("In lessons, bullet 2", "Phones are kept in the locker."),
        ("At break, bullet 1", "Phones may be used in the staff room."),
        ("At break, paragraph 1", "It applies to trips too."),
        ("At break, bullet 2", "Bring the school's own phone."),
    ]


def test_numbers_that_word_counts_are_cited_as_word_prints_them():
    document = word.new_document()
    rules = word.a_list(
        document,
        ("decimal", "%1"),
        ("decimal", "%1.%2"),
        ("decimal", "%1.%2.%3"),
        ("decimal", "%1.%2.%3.%4"),
        ("lowerLetter", "(%5)"),
    )
    document.add_heading("Trust devices policy", 0)
    for text, level in (
        ("Devices", 0), ("Use", 1), ("Staff must lock devices.", 2), ("They must also carry a name.", 3),
        ("Labels must not show:", 3), ("a password;", 4), ("a home address.", 4), ("Staff may take a laptop home.", 2),
        ("Loss", 1), ("Tell the office at once.", 2),
    ):  # fmt: skip
        word.item(document, text, rules, level)

    draft = drafted(word.saved(document))

    assert [clause.ref for clause in draft.clauses] == [
        "1.1.1", "1.1.1.1", "1.1.1.2", "1.1.1.2(a)", "1.1.1.2(b)", "1.1.2", "1.2.1",
    ]  # fmt: skip
    assert [clause.heading for clause in draft.clauses] == ["Use"] * 6 + ["Loss"]


def test_an_unnumbered_paragraph_goes_with_the_number_above_it():
    document = word.new_document()
    rules = word.a_list(document, ("decimal", "%1."), ("decimal", "%1.%2"))
    document.add_heading("Phones", 1)
    word.item(document, "Phones must be off in every lesson.", rules, 1)
    document.add_paragraph("This is so that lessons are calm.")
    word.item(document, "Phones may be on at lunch.", rules, 1)

    assert [ref for ref, _ in cited(drafted(word.saved(document)))] == ["1.1", "1.1, paragraph 2", "1.2"]


def test_a_list_that_begins_again_is_told_apart_by_its_headings():
    document = word.new_document()
    first = word.a_list(document, ("decimal", "%1."))
    again = word.restarted(document, first, 701)
    word.bold(document, "Phones")
    word.item(document, "Phones must be off.", first)
    word.item(document, "Phones may be on at lunch.", first)
    word.bold(document, "Cameras")
    word.item(document, "Cameras must be signed out.", again)

    assert [ref for ref, _ in cited(drafted(word.saved(document)))] == ["Phones, 1", "Phones, 2", "Cameras, 1"]


def test_letters_go_on_from_a_lead_in_and_take_its_duty():
    document = word.new_document()
    document.add_heading("Online", 1)
    document.add_paragraph("Staff must not:")
    letters = word.a_list(document, ("lowerLetter", "(%1)"))
    word.item(document, "post about pupils; or", letters)
    word.item(document, "use a pupil’s name.", letters)

    draft = drafted(word.saved(document))

    assert [ref for ref, _ in cited(draft)] == ["Online, paragraph 1", "Online, (a)", "Online, (b)"]
    assert [str(clause.modality) for clause in draft.clauses] == ["must_not"] * 3
    assert {clause.binds for clause in draft.clauses} == {("staff",)}


def test_a_policy_in_a_do_and_dont_table_has_a_clause_for_each_cell():
    document = word.new_document()
    document.add_heading("Classroom cameras", 0)
    document.add_heading("Quick guide", 1)
    table = document.add_table(3, 2)
    rows = [
        ("Do", "Don’t"),
        ("Use the school camera", "Use your own phone"),
        ("Delete pictures each term", "Print names"),
    ]
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text

    draft = drafted(word.saved(document))

    assert cited(draft) == [
        ("Table, row 1, Do", "Use the school camera"),
        ("Table, row 1, Don’t", "Use your own phone"),
        ("Table, row 2, Do", "Delete pictures each term"),
        ("Table, row 2, Don’t", "Print names"),
    ]
    assert [str(clause.modality) for clause in draft.clauses] == ["must", "must_not"] * 2
    assert "Do Don’t" in draft.left_out


def test_bullets_in_the_cells_of_a_do_and_dont_table_are_clauses_each():
    document = word.new_document()
    document.add_heading("Quick guide", 1)
    table = document.add_table(2, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Staff should", "Staff should not"
    for number, texts in enumerate((["Ask first", "Lock up"], ["Share keys"])):
        cell = table.cell(1, number)
        cell.text = texts[0]
        for text in texts[1:]:
            cell.add_paragraph(text)

    assert [text for _, text in cited(drafted(word.saved(document)))] == ["Ask first", "Lock up", "Share keys"]


def test_changes_are_read_as_accepted():
    document = word.new_document()
    document.add_heading("Phones", 1)
    word.xml_paragraph(
        document,
        word.run("Staff must ") + '<w:del w:id="1"><w:r><w:delText>never </w:delText></w:r></w:del>'
        f'<w:ins w:id="2">{word.run("always ")}</w:ins>{word.run("lock the phone.")}',
    )
    word.xml_paragraph(document, f'<w:moveFrom w:id="3">{word.run("Moved text.")}</w:moveFrom>')
    word.xml_paragraph(document, f'<w:moveTo w:id="4">{word.run("Moved text.")}</w:moveTo>')
    word.xml_paragraph(document, '<w:pPr><w:rPr><w:del w:id="5"/></w:rPr></w:pPr>' + word.run("Two paragraphs "))
    word.xml_paragraph(document, word.run("are now one."))

    assert [text for _, text in cited(drafted(word.saved(document)))] == [
        "Staff must always lock the phone.", "Moved text.", "Two paragraphs are now one.",
    ]  # fmt: skip


def test_a_footnote_is_a_clause_after_the_one_it_belongs_to():
    document = word.new_document()
    document.add_heading("Watches", 1)
    document.add_paragraph("Watches must be silent.[[note]]")
    document.add_paragraph("Watches may be worn.")

    draft = drafted(word.with_footnote(word.saved(document), " Medical watches are exempt."))

    assert cited(draft) == [
        ("Watches, paragraph 1", "Watches must be silent."),
        ("Footnote 1", "Medical watches are exempt."),
        ("Watches, paragraph 2", "Watches may be worn."),
    ]


def test_a_text_box_is_read_once_though_word_writes_it_twice():
    document = word.new_document()
    document.add_heading("Phones", 1)
    box = f"<w:txbxContent><w:p>{word.run('Remember the lockers.')}</w:p></w:txbxContent>"
    word.xml_paragraph(
        document,
        f"{word.run('Phones must be off.')}<w:r><mc:AlternateContent><mc:Choice Requires='wps'>{box}</mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>",
    )

    assert [text for _, text in cited(drafted(word.saved(document)))] == [
        "Phones must be off.",
        "Remember the lockers.",
    ]


def test_content_controls_links_and_fields_are_text_and_their_codes_are_not():
    document = word.new_document()
    document.add_heading("Links", 1)
    field = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>REF x</w:instrText></w:r>'
    field += f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{word.run("section 4")}'
    field += '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    word.xml_paragraph(
        document,
        f"{word.run('See ')}{field}{word.run(' and ')}<w:hyperlink>{word.run('the website')}</w:hyperlink>"
        f"<w:sdt><w:sdtPr/><w:sdtContent>{word.run(' before term')}</w:sdtContent></w:sdt>{word.run('.')}",
    )

    assert [text for _, text in cited(drafted(word.saved(document)))] == ["See section 4 and the website before term."]


def test_hidden_text_and_headers_are_no_clause_and_are_listed():
    document = word.new_document()
    document.sections[0].header.paragraphs[0].text = "Hilltop Juniors"
    document.add_heading("Phones", 1)
    paragraph = document.add_paragraph("Phones must be off.")
    paragraph.add_run("Not for print.").font.hidden = True

    draft = drafted(word.saved(document))

    assert [text for _, text in cited(draft)] == ["Phones must be off."]
    assert {"Hilltop Juniors", "Not for print.", "Phones"} <= set(draft.left_out)


def test_numbers_typed_by_hand_are_taken_from_the_text():
    document = word.new_document()
    word.bold(document, "1. Phones")
    for text in (
        "1.1\tPhones must be off.",
        "1.2  Staff may ring out:",
        "a. at lunch; or",
        "b. after school.",
        "(i) quietly;",
        "(ii) outside.",
    ):
        document.add_paragraph(text)
    word.bold(document, "2) Cameras")
    for text in ("2.1 Cameras are signed out at 9.15 am.", "12.30 pm is the latest time for return."):
        document.add_paragraph(text)

    draft = drafted(word.saved(document))

    assert cited(draft) == [
        ("1.1", "Phones must be off."),
        ("1.2", "Staff may ring out:"),
        ("1.2 a.", "at lunch; or"),
        ("1.2 b.", "after school."),
        ("1.2 b.(i)", "quietly;"),
        ("1.2 b.(ii)", "outside."),
        ("2.1", "Cameras are signed out at 9.15 am."),
        ("2.1, paragraph 2", "12.30 pm is the latest time for return."),
    ]


def test_contents_versions_and_cover_are_left_out_but_listed():
    document = word.new_document()
    document.add_paragraph("Hilltop Juniors")
    document.add_heading("Phones policy", 0)
    document.add_paragraph("Version: 2.1")
    document.add_paragraph("Next review: May 2028")
    bold_line = document.add_paragraph()
    bold_line.add_run("Contents").bold = True
    for text in ("1. Phones\t2", "2. Cameras\t3"):
        document.add_paragraph(text)
    table = document.add_table(2, 3)
    for cell, text in zip(
        (c for row in table.rows for c in row.cells),
        ("Version", "Date", "Changes", "2.1", "May 2026", "New"),
        strict=True,
    ):
        cell.text = text
    document.add_heading("Phones", 1)
    document.add_paragraph("Phones must be off.")

    draft = drafted(word.saved(document))

    assert [text for _, text in cited(draft)] == ["Phones must be off."]
    assert (draft.title, draft.facts["version"], draft.facts["review"]) == ("Phones policy", "2.1", "2028-05")
    left = " ".join(draft.left_out)
    assert all(text in left for text in ("Hilltop Juniors", "Cameras", "Contents", "New"))


def test_an_agreement_is_cited_by_sentences_and_its_form_is_one_clause():
    document = word.new_document()
    document.add_heading("Staff declaration", 1)
    document.add_paragraph("I have read the policy.")
    document.add_paragraph("I will keep to it. I will ask if I am not sure.")
    document.add_paragraph("Signed ____________ Date ____________")

    draft = drafted(word.saved(document))

    assert [ref for ref, _ in cited(draft)] == [
        "Staff declaration, sentence 1", "Staff declaration, sentence 2", "Staff declaration, sentence 3",
        "Staff declaration, signature line",
    ]  # fmt: skip


def test_a_row_of_merged_cells_has_its_text_once():
    document = word.new_document()
    document.add_heading("Times", 1)
    table = document.add_table(3, 3)
    for cell, text in zip(table.rows[0].cells, ("Who", "When", "Where"), strict=True):
        cell.paragraphs[0].add_run(text).bold = True
    for cell, text in zip(table.rows[1].cells, ("Teachers", "At lunch, after the bell", "Staff room"), strict=True):
        cell.text = text
    table.cell(2, 0).merge(table.cell(2, 2)).text = "Nobody in the hall"

    assert [text for _, text in cited(drafted(word.saved(document)))] == [
        "Teachers At lunch, after the bell Staff room", "Nobody in the hall",
    ]  # fmt: skip


def test_a_clause_in_a_heading_style_is_a_clause():
    document = word.new_document()
    rules = word.a_list(document, ("decimal", "%1."), ("decimal", "%1.%2"), styles=("Heading1", "Heading2"))
    for style in ("Heading 1", "Heading 2"):
        element = document.styles[style].element.get_or_add_pPr()
        element.append(word.parse_xml(f'<w:numPr {word.nsdecls("w")}><w:numId w:val="{rules}"/></w:numPr>'))
    document.add_heading("Phones", 1)
    document.add_heading("Staff must keep their phones out of sight whenever a child is in the room.", 2)
    document.add_heading("Phones may be used at lunch.", 2)

    assert [(ref, text[:12]) for ref, text in cited(drafted(word.saved(document)))] == [
        ("1.1", "Staff must k"),
        ("1.2", "Phones may b"),
    ]
