"""`policy propose`: what an imported policy may rule on is written down, and nobody is allowed anything by it."""

import shutil
import tomllib
from pathlib import Path

import pytest

from bot.cli.main import run_command
from bot.settings import ROOT

BY_HAND = '# The head wrote this.\n[shared-password]\nverdict = "info"\nsays = "Hers."  # so\nclauses = ["PP-1"]\n'
POLICY = """# Phones policy

## Phones

1. Staff must not carry their own phone in a classroom or use it while they are with children.
2. Staff may use their own phone in the staff room at lunch.
3. Staff must not take photographs of children on their own phone, tablet or camera.
4. Staff must keep passwords secret and must not share them.
5. Staff must not be friends with pupils on social media.
6. Visitors are met at the gate.
"""


@pytest.fixture(scope="module")
def policies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A policies folder with a small infant school, for which rulings have been proposed."""
    home = tmp_path_factory.mktemp("school")
    policies = Path(shutil.copytree(ROOT / "policies", home / "policies"))
    document = home / "phones.md"
    document.write_text(POLICY, encoding="utf-8")
    assert run(policies, "import", document, "--school", "Elm Infants") == 0
    rulings_file(policies).write_text(BY_HAND, encoding="utf-8")
    assert run(policies, "propose", "--school", "Elm Infants") == 0
    return policies


@pytest.fixture
def own_copy(policies: Path, tmp_path: Path) -> Path:
    """The same folder, to be changed."""
    return Path(shutil.copytree(policies, tmp_path / "policies"))


def run(policies: Path, *arguments: object) -> int:
    return run_command(["policy", *map(str, arguments)], {"STAFFROOM_POLICIES": str(policies)})


def rulings_file(policies: Path) -> Path:
    return policies / "elm-infants" / "rulings.toml"


def rulings(policies: Path) -> dict[str, dict[str, object]]:
    return tomllib.loads(rulings_file(policies).read_text(encoding="utf-8"))


def test_everything_is_proposed_and_what_a_person_wrote_stays_letter_for_letter(policies: Path):
    written = rulings_file(policies).read_text(encoding="utf-8")
    added = {id: ruling for id, ruling in rulings(policies).items() if id != "shared-password"}

    assert written.startswith(BY_HAND)
    assert added
    assert all(ruling["proposed"] is True for ruling in added.values())
    assert all(("governing" in ruling) is (ruling["verdict"] != "not_covered") for ruling in added.values())


def test_that_the_policy_does_not_say_is_only_proposed_and_never_accepted_with_the_rest(own_copy: Path):
    assert run(own_copy, "propose", "--school", "elm-infants", "--accept-all") == 0

    silences = [ruling for ruling in rulings(own_copy).values() if ruling["verdict"] == "not_covered"]
    assert silences and all(ruling["proposed"] is True for ruling in silences)

    assert run(own_copy, "propose", "--school", "elm-infants", "--accept-all", "--silences") == 0

    assert not any("proposed" in r for r in rulings(own_copy).values() if r["verdict"] == "not_covered")


def test_what_the_policy_forbids_is_found_and_is_a_no(policies: Path):
    found = rulings(policies)

    assert found["photo-own-device"]["verdict"] == "no"
    assert found["pupil-friend"]["verdict"] == "no"
    assert "Staff must not take photographs of children" in rulings_file(policies).read_text(encoding="utf-8")


def test_proposing_again_changes_nothing_that_is_there(own_copy: Path):
    before = rulings_file(own_copy).read_text(encoding="utf-8")

    assert run(own_copy, "propose", "--school", "elm-infants") == 0

    assert rulings_file(own_copy).read_text(encoding="utf-8").startswith(before.rstrip())


def test_accepting_all_leaves_every_permission_a_proposal(own_copy: Path, capsys: pytest.CaptureFixture[str]):
    permission = '\n[wearables]\nproposed = true\nverdict = "yes"\nsays = "Yes."\ngoverning = ["PP-2"]\n'
    file = rulings_file(own_copy)
    kept = "".join(part for part in file.read_text(encoding="utf-8").split("\n[wearables]")[:1])
    file.write_text(kept.rstrip() + "\n" + permission, encoding="utf-8")

    assert run(own_copy, "propose", "--school", "elm-infants", "--accept-all") == 0

    waiting = {id: ruling for id, ruling in rulings(own_copy).items() if "proposed" in ruling}
    plain = {str(ruling["verdict"]) for ruling in waiting.values() if not ruling.get("doubtful")}
    assert waiting["wearables"]["verdict"] == "yes"
    assert plain <= {"yes", "yes_if", "not_covered"}
    assert "confirm each of them" in capsys.readouterr().out

    assert run(own_copy, "propose", "--school", "elm-infants", "--accept-all", "--permissions", "--silences") == 0

    assert all(ruling.get("doubtful") for ruling in rulings(own_copy).values() if "proposed" in ruling)
    assert "unread" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("propose",), "Name the school"),
        (("propose", "--school", "Nowhere"), "There is no school in policies/nowhere"),
        (("propose", "--school", "staffroom"), "There is no school"),
        (("propose", "a.docx", "--school", "x"), "no file"),
        (("propose", "--school", "elm-infants", "--permissions"), "--accept-all only"),
        (("import",), "Name the file"),
    ],
)
def test_what_is_asked_wrongly_gets_one_sentence(
    policies: Path, arguments: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
):
    before = rulings_file(policies).read_bytes()

    assert run(policies, *arguments) == 1

    assert sentence in capsys.readouterr().err
    assert rulings_file(policies).read_bytes() == before
