"""What titles of real schools' calendars mean, and near ones that must mean nothing."""

from time import perf_counter

import pytest

from bot.school.rules.calendar_titles import Meaning, is_cancelled, meanings

MEANT = {
    Meaning.INSET: """
        INSET | INSET day 1 | INSET Day 1 of 5 | Inset Days | Inset day (school closed to pupils)
        INSET day - no pupils
        INSET Day - School closed | INSET DAY – SCHOOL CLOSED TO PUPILS | Staff INSET day | INSET Day (Staff only)
        PD day | Professional development day | non-pupil day | Non–Pupil Day | staff development day | CPD day
        in-service day | staff training day | teacher training day | Teacher Training Day (no school for pupils)
        School closed for INSET | School closed - INSET day | School Closed - Staff Training Day | INSET/PD day
        Whole school INSET day | INSET training day | Training day | CPD/INSET day | Staff CPD day
        Autumn term: INSET day | INSET day school closed to pupils
        Staff Inset Day - Children not in school | Staff Development (INSET) Day | INSET (all staff) | Inset Day #1
        Teacher Development Day | INSET DAY!! | School closed for staff training | Inset day no school
        Non pupil day - staff training | INSET Day: Safeguarding
        INSET Day 1 &amp; 2 | Inset Day No. 2 | Whole School INSET | Trust INSET day | MAT Inset | I.N.S.E.T. day
        No pupils in school - staff training | In-Service Training | School closed to pupils (staff training)
        Children not in school: teacher training | [Whole School] INSET Day | All Years - INSET
    """,
    Meaning.HALF_TERM: """
        Half term | Half\u00a0term | HALF-TERM | Half‑term holiday | October half term | Half Term – Mon–Fri
        Halfterm | May half term | Whitsun half term | February Half-Term Break | Half term (school closed)
        Half Term Week
        October half term (two weeks) | Spring half term 2027 | Autumn half-term holiday | Half-term break
        Half Term: 26-30 October | Half Term Break - school closed all week
        Autumn term: half term | School holiday - half term | Half term '27 | All years: half term
    """,
    Meaning.HOLIDAY: """
        Christmas holiday | Christmas Holidays: school closed | Easter break | Easter Holidays 2027 | Summer holidays
        Bank holiday | Early May Bank Holiday | May Day Bank Holiday | Spring Bank Holiday | Bank Holiday Monday
        Bank holiday - school closed | Good Friday | New Year’s Day | occasional day | Occasional Day Holiday
        School holiday | Break | Mid-term break | Xmas hols | Christmas & New Year holiday | 🎄 Christmas holidays
        School closed (bank holiday) | Public holiday | Bank Holiday (Early May) | Coronation bank holiday
        Royal funeral - Bank Holiday
    """,
    Meaning.CLOSED: """
        School closed | Closed | School closure | The school is closed | School closed to pupils
        May Day (school closed)
        Closed for polling/elections | School closed for the election | School closed for local elections
        School closed (strike action) | School closed: heating failure
        Snow day - school closed | Additional closure day | All: School closed | School closed due to severe weather
        Polling day - school closed | School closed for bank holiday | School closed for half term | No school
    """,
    Meaning.TERM: """
        Autumn term | Autumn Term 2026 | Autumn Term 2026/27 | Autumn Term 1 | Autumn 1 | Term 1 | Summer term
        Term time | Summer Term '27 | Autumn Term 26/27
    """,
    Meaning.NUMBERED_HALF: "Half term 1 | Autumn half term 1 | Halfterm 1 (autumn)",
    Meaning.STARTS: """
        first day of term | First day of Spring Term | First day of term for pupils | Term starts | Autumn term begins
        Start of autumn term | Start of the new school year | Summer Term starts | Term 1 begins
    """,
    Meaning.RETURNS: """
        School reopens | Children return | Pupils return to school | Children return to school after half term
        Back to school | First day back | Children back in school
    """,
    Meaning.ENDS: """
        Last Day of Term | Last day of Autumn Term | Term ends | Autumn term ends | End of term | End of Summer Term
        School closes for Christmas | School breaks up for Easter | Last day of term - school closes at 1.30pm
        Autumn term ends - 2pm finish | Children's last day of term | The last day of the Autumn Term
        Term ends at 2pm | School closes at 1:30pm for Christmas
    """,
    Meaning.PAUSES: "Break up for half term | School closes for half term | School closes for half term at 3.15pm",
}
NOTHING = """
    Last day before half term | Breakfast club closed | No inset day - school open | Half term club | Inset day reminder
    Year 6 leavers' assembly before end of term | PTA Christmas fair | Bank holiday homework | Holiday club open
    Last day of swimming | First day of Ramadan | Governors' training | Staff training 4pm | Staff training | Assembly
    Wet break rota | Break the rules day | Holiday reading | Half term homework due
    After half term clubs start | School open | Twilight INSET | INSET twilight | Fire training day for governors
    Nursery closed | Kitchen closed
    Term fees due | Half term report | Swimming term 1 | Christmas | May Day | Spring | Year 3 INSET | Closed book exam
    INSET (TBC) | Half term? | Christmas holiday shopping trip | Easter holidays revision sessions | Office closed
    Bank Holiday Monday - school open | School closed to visitors | First day of term assembly | Last day of term party
    Mental health day | Non-uniform day | Sports day | Training | Term dates meeting | Last day of half term club
    Is school closed? | Football training day | School library closed | Playground closed | School closed early
    INSET day not needed | Not an INSET day | Apply by half term | Half term and INSET
    Last day of term - school closed
    Half term begins | Summer Holiday begins | Last day of half term | Inset day in lieu | Staff CPD | Snow day
    Staff return | Return | Break up party | Summer term reports | Half-termly review | ??? | - | 2026
    First day of term - last day of term | School closes | Reception start part time
"""


def titles(text: str) -> list[str]:
    return [title.strip() for line in text.strip().splitlines() for title in line.split("|")]


@pytest.mark.parametrize(("meaning", "title"), [(m, title) for m, text in MEANT.items() for title in titles(text)])
def test_a_whole_title_says_what_a_day_is(meaning: Meaning, title: str):
    assert meanings(title) == {meaning}


@pytest.mark.parametrize("title", titles(NOTHING))
def test_a_title_with_such_words_among_others_says_nothing(title: str):
    assert meanings(title) == frozenset()


@pytest.mark.parametrize(
    ("title", "both"),
    [
        ("First day of term - INSET", {Meaning.STARTS, Meaning.INSET}),
        ("Autumn term begins (INSET day)", {Meaning.STARTS, Meaning.INSET}),
        ("Last day of term: staff training day", {Meaning.ENDS, Meaning.INSET}),
    ],
)
def test_a_first_or_last_day_of_term_may_be_an_inset_day(title: str, both: set[Meaning]):
    assert meanings(title) == both


@pytest.mark.parametrize(
    "title", ["Canceled: INSET", "Cancelled - half term", "INSET day cancelled", "CANCELLED INSET"]
)
def test_a_title_may_say_that_it_is_cancelled(title: str):
    assert is_cancelled(title) and not is_cancelled("INSET")


@pytest.mark.parametrize("word", ["staff ", "inset training ", "may ", "half term ", "easter bank ", "1 ", "-", "( "])
def test_no_title_takes_long(word: str):
    begun = perf_counter()

    meanings(word * 1_000)

    assert perf_counter() - begun < 0.5


@pytest.mark.parametrize(
    ("title", "meaning"),
    [
        ("P.D. Day", Meaning.INSET),
        ("Student free day", Meaning.INSET),
        ("Child-free day", Meaning.INSET),
        ("School closed for pupils, staff in", Meaning.CLOSED),
        ("School closed to children (staff are in school)", Meaning.CLOSED),
    ],
)
def test_other_schools_words_for_a_day_without_pupils_say_the_same(title: str, meaning: Meaning):
    assert meanings(title) == {meaning}
