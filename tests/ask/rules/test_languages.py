"""Other languages: which one a message is in, and what the bot says in it."""

from dataclasses import replace

import pytest

from bot.ask.language_file import read_languages
from bot.ask.rules.languages import TOLD_WORDS, UNKNOWN, language_of, line_for
from bot.school.rules.settings import Contacts
from bot.settings import ROOT

LANGUAGES = read_languages(ROOT / "policies")
CONTACTS = Contacts("Mrs Example", "01524 000000", "the headteacher", "the chair of governors")


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("German", "Darf ich mein Handy in der Pause benutzen?"),
        ("Polish", "Czy wolno mi nagrywać lekcję na tablecie?"),
        ("Polish", "dzien dobry, gdzie jest nowe haslo do drukarki"),
        ("Romanian", "Pot să folosesc căștile mele în pauză?"),
        ("Romanian", "buna seara, nu mai stiu parola de la tableta"),
        ("Lithuanian", "Kur galiu palikti savo telefoną per pamoką?"),
        ("Lithuanian", "aciu, dabar jau zinau kur yra"),
        ("Turkish", "Velilerle WhatsApp grubu için izin var mı?"),
        ("Turkish", "tamam hocam cok tesekkurler"),
        ("Portuguese", "Quando é que posso ver as mensagens do meu telemóvel?"),
        ("Portuguese", "nao sei onde esta a senha do computador, quem pode ajudar"),
        ("Spanish", "¿Dónde está el cargador de la pizarra?"),
        ("Spanish", "buenas tardes, puedo llevar el portatil a casa"),
        ("French", "Où est-ce que je dois ranger mon téléphone ?"),
        ("French", "je ne sais pas quel mot de passe il faut mettre"),
        ("Ukrainian", "Чи можна фотографувати дітей на святі?"),
        ("Arabic", "هل يمكنني تصوير الطلاب أثناء النشاط؟"),
        ("Urdu", "مجھے نیا پاس ورڈ کہاں سے ملے گا؟"),
        ("Urdu", "kya main bachon ki video bana sakta hoon"),
        ("Urdu", "mujhe nahi pata ye form kahan hai"),
        ("Punjabi", "ਕੀ ਮੈਂ ਬੱਚਿਆਂ ਦੀ ਵੀਡੀਓ ਬਣਾ ਸਕਦਾ ਹਾਂ?"),
        ("Punjabi", "sat sri akal ji, tuhada computer kithe hai"),
        ("Bengali", "আমি কি ক্লাসে ট্যাবলেট আনতে পারি?"),
        ("Bengali", "ami ki class e amar tablet ante pari"),
        ("Gujarati", "શું હું વર્ગમાં ફોન વાપરી શકું?"),
        ("Gujarati", "mane khabar nathi ke tablet kya che"),
        ("Welsh", "Ydw i'n gallu defnyddio fy ffôn amser cinio?"),
    ],
)
def test_a_message_in_another_language_is_told_by_its_script_or_its_commonest_words(language, line):
    assert language_of(line, LANGUAGES).name == language


@pytest.mark.parametrize(
    "line",
    [
        "can I use my phone at lunch?",
        "cn i tke fotos of teh kidz on me fone",
        "ar tha gan ter let us use wor phones, like?",
        "wha about them wee bairns' photies but",
        "Mateusz Świątek",
        "Zoë and Siân's mum, Łucja Nowak, wants the photos",
        "is it ok to put dzień dobry on the display?",
        "the children sing Bonjour les amis, can I film it",
        "how do I say hola gracias to a parent by email",
        "can I write ਸਤ ਸ੍ਰੀ ਅਕਾਲ ਜੀ on the school's page?",
        "Translate this for me please: مجھے کل چھٹی چاہیے",
        "gracias!",
        "café, naïve, résumé",
        "asdf jkl qwerty",
        "1234 ??? 🙂",
        "c u l8r x",
        "el",
    ],
)
def test_english_dialect_slips_names_and_a_few_foreign_words_are_english(line):
    assert language_of(line, LANGUAGES) is None


def test_one_word_is_enough_if_the_recogniser_says_that_it_is_not_english():
    assert language_of("gracias!", LANGUAGES, TOLD_WORDS).name == "Spanish"
    assert language_of("Translate this for me please: مجھے کل چھٹی چاہیے", LANGUAGES, TOLD_WORDS).name == "Urdu"


def test_a_script_that_we_do_not_know_is_another_language_without_a_line_of_its_own():
    assert language_of("请问午饭时间可以用手机吗", LANGUAGES) is UNKNOWN
    assert line_for(UNKNOWN, CONTACTS) == ""


@pytest.mark.parametrize("language", LANGUAGES.others, ids=lambda language: language.name)
def test_every_language_names_the_lead_and_the_phone_of_the_school(language):
    line = line_for(language, CONTACTS)

    assert "Mrs Example (01524 000000)" in line
    assert len(language.words) >= 30


def test_a_school_that_gives_no_number_has_a_line_without_one():
    contacts = replace(CONTACTS, safeguarding="the safeguarding lead", phone="")

    lines = [line_for(language, contacts) for language in LANGUAGES.others]

    assert all("safeguarding lead" in line and "the safeguarding" not in line for line in lines)
    assert not any(char in line for line in lines for char in "(){}")
