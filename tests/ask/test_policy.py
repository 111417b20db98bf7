"""The real policy: word for word, whole, and the traps answered right."""

import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.ask.policy_file import policy_of
from bot.ask.rules.policy import Policy
from bot.ask.rules.verdicts import Verdict
from bot.errors import PolicyFileError
from bot.policies import SchoolTables, read_school, read_source
from bot.school.rules.documents import Bound
from bot.school.settings import school_settings
from bot.settings import ROOT

POLICIES = ROOT / "policies"
SCHOOL = "slyne-with-hest"
SOURCE = "".join(read_source(POLICIES, SCHOOL).split())


def squeeze(text: str) -> str:
    return "".join(text.split())


def test_every_clause_is_word_for_word_in_the_source(policy: Policy):
    assert [clause.id for clause in policy.clauses.values() if squeeze(clause.text) not in SOURCE] == []
    assert [clause.id for clause in policy.clauses.values() if squeeze(clause.heading) not in SOURCE] == []


def test_the_clauses_cover_the_whole_source(policy: Policy):
    covered = bytearray(len(SOURCE))
    for clause in policy.clauses.values():
        for text in (squeeze(clause.text), squeeze(clause.heading)):
            at = SOURCE.find(text) if text else -1
            while at >= 0:
                covered[at : at + len(text)] = b"\1" * len(text)
                at = SOURCE.find(text, at + 1)

    assert sum(covered) / len(SOURCE) >= 0.99


def test_clause_4_2_and_the_recommendations_bind_the_school(policy: Policy):
    for id in ("SM-4.2", "SM-5.settings.1", "SM-6.i", "SM-6.ii", "SM-6.iii"):
        assert policy.clauses[id].binds == {Bound.SCHOOL}


def test_every_situation_has_one_ruling_or_offers_others(policy: Policy):
    for id, situation in policy.situations.items():
        assert bool(situation.offers) != (id in policy.rulings)


def test_no_ruling_that_names_the_headteachers_agreement_rests_on_a_clause_that_does_not(policy: Policy):
    for ruling in policy.rulings.values():
        words = f"{ruling.headline} {ruling.says} {' '.join(ruling.conditions)}"
        if "Headteacher" in words and "agree" in words.lower():
            assert any("Headteacher" in policy.clauses[id].text for id in ruling.clauses), ruling.situation


@pytest.mark.parametrize("situation", ["social-media-volunteer", "applies-volunteers"])
def test_rulings_for_volunteers_never_rest_on_clauses_that_speak_of_employees(policy: Policy, situation: str):
    for id in policy.ruling(situation).clauses:
        assert Bound.VOLUNTEERS in policy.clauses[id].binds


def tables(ruling: dict[str, object]) -> SchoolTables:
    real = read_school(POLICIES, SCHOOL)
    return replace(real, rulings={**real.rulings, "lock-screen": {"verdict": "must", "says": "Lock it."} | ruling})


@pytest.mark.parametrize(
    ("ruling", "governing", "clauses"),
    [
        ({"clauses": ["B", "A"]}, ("B",), ("B", "A")),
        ({"governing": ["A", "B"], "clauses": ["C"]}, ("A", "B"), ("A", "B", "C")),
        ({"governing": ["B"], "clauses": ["A", "B"]}, ("B",), ("B", "A")),
        ({}, (), ()),
    ],
)
def test_governing_clauses_are_quoted_first_and_without_them_the_first_clause_governs(ruling, governing, clauses):
    read = tables(ruling)
    lock = policy_of(read, school_settings(read)).ruling("lock-screen")

    assert (lock.governing, lock.clauses) == (governing, clauses)


def test_every_clause_of_the_policy_is_quoted_by_a_ruling(policy: Policy):
    quoted = {id for ruling in policy.rulings.values() for id in ruling.clauses}

    assert policy.clauses.keys() - quoted == set()


def test_every_ruling_that_quotes_a_clause_is_governed_by_one(policy: Policy):
    for ruling in policy.rulings.values():
        assert bool(ruling.governing) == bool(ruling.clauses)


def test_nothing_that_is_strongly_discouraged_is_allowed(policy: Policy):
    discouraged = [ruling for ruling in policy.rulings.values() if "SM-4.1.v" in ruling.clauses]

    assert discouraged
    assert not any(ruling.verdict.is_permission for ruling in discouraged)


@pytest.mark.parametrize(
    ("situation", "verdict"),
    [
        ("it-fault", Verdict.REPORT),
        ("records-outside", Verdict.NO),
        ("usb-stick", Verdict.YES_IF),
        ("usb-plain", Verdict.NO),
        ("sign", Verdict.INFO),
        ("why-parents", Verdict.INFO),
        ("greeting", Verdict.NOT_COVERED),
    ],
)
def test_what_was_read_again_keeps_its_verdict(policy: Policy, situation: str, verdict: Verdict):
    assert policy.ruling(situation).verdict is verdict


def test_lunch_allows_social_media_on_a_personal_device_and_says_it_is_silent_on_calls(policy: Policy):
    lunch = policy.ruling("own-phone-break")

    assert lunch.verdict is Verdict.YES_IF
    assert lunch.clauses[:2] == ("AUP-professional.4.b", "SM-4.1.i")
    assert "calls" in lunch.silent_on


def test_a_midday_supervisors_lunch_is_working_time(policy: Policy):
    assert policy.ruling("social-media-on-duty").verdict is Verdict.NO
    assert policy.ruling("social-media-on-duty").clauses[0] == "SM-4.1.i"


@pytest.mark.parametrize("situation", ["relative-pupil", "friend-now-parent", "staff-who-are-parents"])
def test_the_footnote_on_relatives_is_a_warning_and_no_exemption(policy: Policy, situation: str):
    assert policy.ruling(situation).verdict is Verdict.NO
    assert policy.ruling(situation).clauses[0] == "SM-4.1.note"


def test_an_answer_that_depends_on_a_policy_not_held_here_says_which(policy: Policy):
    assert policy.absent_behind(policy.ruling("personal-use-school-device")) == ("Online Safety Policy",)
    assert policy.absent_behind(policy.ruling("lock-screen")) == ()


def test_both_documents_have_been_overdue_since_november_2021(policy: Policy):
    assert all(document.is_overdue(date(2021, 12, 1)) for document in policy.documents.values())


def test_a_permission_always_names_its_condition(policy: Policy):
    for ruling in policy.rulings.values():
        assert ruling.verdict is not Verdict.YES
        assert (ruling.verdict is Verdict.YES_IF) <= bool(ruling.conditions)


@pytest.mark.parametrize(
    ("file", "text", "sentence"),
    [
        (
            "rulings.toml",
            "[lunch-menu]\nverdict = 'command'\nsays = 'x'",
            "rulings.toml: lunch-menu: verdict 'command' is not one of",
        ),
        (
            "rulings.toml",
            "[lunch-menu]\nverdict = 'maybe'\nsays = 'x'",
            "rulings.toml: lunch-menu: verdict 'maybe' is not one of",
        ),
        ("rulings.toml", "[lunch-menu\n", "rulings.toml: this is not valid TOML"),
        ("rulings.toml", "[lunch-menu]\nverdict = 'no'", "rulings.toml: lunch-menu: says is missing or empty"),
        ("school.toml", "name = ''", "school.toml: school: name is missing or empty"),
        (
            "school.toml",
            "name = 'x'\n[calendar]\nquiet = [12:00:00, 13:00:00]",
            "school.toml: calendar: quiet lasts over a night, from an evening to a morning",
        ),
        ("social-media.toml", "[document]\nid = 'SM'", "social-media.toml: document: title is missing or empty"),
        ("school.toml", "name = 'x'\nabsent = 3", "school.toml: absent: every absent policy is a section [[absent]]"),
        ("school.toml", "name = 'x'\nabsent = ['y']", "school.toml: absent: every absent policy is a section"),
        (
            "rulings.toml",
            "[lunch-menu]\nverdict = 'no'\nsays = 'x'\nheadline = 3",
            "rulings.toml: lunch-menu: headline must be a text",
        ),
        (
            "rulings.toml",
            "[lunch-menu]\nverdict = 'no'\nsays = 'x'\nbreaks = 'without'",
            "rulings.toml: lunch-menu: breaks must be a list of texts",
        ),
        (
            "rulings.toml",
            "[lunch-menu]\nverdict = 'no'\nsays = 'x'\nmeets = ['with']",
            "rulings.toml: lunch-menu: meets must be a list of lists",
        ),
        (
            "rulings.toml",
            "[lunch-menu]\nverdict = 'no'\nsays = 'x'\nmeets = [[3]]",
            "rulings.toml: lunch-menu: meets must be a list of texts",
        ),
    ],
)
def test_a_broken_file_is_named_with_entry_and_field(tmp_path: Path, file: str, text: str, sentence: str):
    for part in ("staffroom", SCHOOL):
        (tmp_path / part).mkdir()
        for real in (POLICIES / part).glob("*.toml"):
            (tmp_path / part / real.name).write_text(real.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / SCHOOL / file).write_text(text, encoding="utf-8")

    with pytest.raises(PolicyFileError) as error:
        read_policy(tmp_path)
    assert sentence in str(error.value)


def read_policy(folder: Path) -> Policy:
    tables = read_school(folder, SCHOOL)
    return policy_of(tables, school_settings(tables))


def test_a_missing_folder_and_bytes_that_are_no_text_get_a_plain_sentence(tmp_path: Path):
    with pytest.raises(PolicyFileError, match=r"nowhere/school.toml: this file cannot be read"):
        read_school(tmp_path, "nowhere")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "school.toml").write_bytes(b"name = '\xff'")
    with pytest.raises(PolicyFileError, match=r"school.toml: byte 8 is not UTF-8"):
        read_school(tmp_path, "bad")


def test_the_contacts_of_the_hand_off_are_roles_in_a_demo_and_the_schools_own_otherwise(tables: SchoolTables):
    assert school_settings(tables, demo=True).contacts.is_complete
    assert not school_settings(tables).contacts.is_complete


def test_every_toml_file_of_the_policies_is_read_by_somebody():
    for file in POLICIES.rglob("*.toml"):
        tomllib.loads(file.read_text(encoding="utf-8"))
