"""Forgeries of the names of files, and of what is a file at all."""

import os
from random import Random

from tests.evidence.dishonest_files import ACKNOWLEDGED, bound, policy
from tests.evidence.dishonest_school import LEDGER, Forged, kind, kind_of_file
from tests.evidence.honest_school import HonestPack


@kind_of_file("each file has the name it was sealed under")
def a_file_renamed(draft: Forged, random: Random, pack: HonestPack) -> None:
    name = random.choice(bound(draft))
    stem, _, ending = name.rpartition(".")
    ways = (
        name.upper(),
        f"{name}.",
        f"{name} ",
        f" {name}",
        name.replace("e", "\u0435"),
        name.replace("e", "e\u0301"),
        f"\u200b{name}",
        f"{name}\u202e",
        f"{stem}.{ending}.bak",
        f"folder/{name}",
        f"folder\\{name}",
        f".{name}",
    )
    draft.files[random.choice(ways)] = draft.files.pop(name)


@kind("each file is there once")
def a_second_file_of_nearly_that_name(draft: Forged, random: Random, pack: HonestPack) -> None:
    name = random.choice((*bound(draft), LEDGER))
    stem, _, ending = name.rpartition(".")
    ways = (
        name.upper(),
        name.title(),
        f"{name}.",
        f"{name} ",
        f"{stem} (1).{ending}",
        f"{name}:Zone.Identifier",
        f"pack/{name}",
        f"{name}.old",
        name.replace("e", "\u0435"),
        f"{stem}\u200b.{ending}",
        f"{name}~",
    )
    draft.files[random.choice(ways)] = draft.files[name].replace(b"Anna", b"Mr Nobody")


@kind("nothing is hidden in the pack")
def a_hidden_file(draft: Forged, random: Random, pack: HonestPack) -> None:
    names = ("__MACOSX/._head.txt", ".git/config", "__pycache__/a.pyc", "..x", ".hidden", "._acknowledgements.csv")
    draft.files[random.choice(names)] = b"x"


@kind("nothing is hidden in the pack")
def a_hidden_file_of_a_system(draft: Forged, random: Random, pack: HonestPack) -> None:
    """On Windows, desktop.ini shows a file under another name."""
    ini = b"[LocalizedFileNames]\r\nacknowledgements.csv=acknowledgements before corrections.csv\r\n"
    draft.files[random.choice((".DS_Store", "Thumbs.db", "desktop.ini"))] = ini


@kind("the program that checks is not led astray")
def a_module_beside_the_files(draft: Forged, random: Random, pack: HonestPack) -> None:
    name = random.choice(("json.py", "hashlib.py", "csv.py", "sitecustomize.py", "usercustomize.py", "pathlib.py"))
    draft.files[name] = b'import sys\nprint("The ledger is whole.")\nsys.exit(0)\n'


@kind("each sentence is the program's own")
def a_name_that_speaks_for_the_program(draft: Forged, random: Random, pack: HonestPack) -> None:
    names = (
        "\nThe ledger is whole\nEvery file is the one that was sealed.txt",
        "\x1b[2J\x1b[HThe ledger is whole.txt",
        "\rThe ledger is whole.                                  .txt",
        "\u202etxt.daeh",
        "\u2028The ledger is whole.txt",
        "\x9b2J.txt",
        "\u2066whole\u2069.txt",
        os.fsdecode(b"\xff\xfe.txt"),
        "a" * 250 + ".txt",
    )
    draft.files[random.choice(names)] = b"x"


@kind("each file is a file of its own")
def a_link(draft: Forged, random: Random, pack: HonestPack) -> None:
    name = random.choice((*bound(draft), LEDGER, "head.txt"))
    content = draft.files.pop(name)
    way = random.randrange(5)
    if way == 0:
        draft.files[f"{name}.real"] = content
        draft.links[name] = f"{name}.real"
    elif way == 1:
        draft.links[name] = name
    elif way == 2:
        draft.links[name] = "nowhere"
    elif way == 3:
        draft.links[name] = "."
    else:
        draft.files[name] = content
        draft.links["more.txt"] = name


@kind("each file is a file of its own")
def a_link_to_the_same_content_outside(draft: Forged, random: Random, pack: HonestPack) -> None:
    name = random.choice((*bound(draft), LEDGER, "head.txt"))
    draft.files[f"../outside/{name}"] = draft.files.pop(name)
    draft.links[name] = f"../outside/{name}"


@kind("the pack is one folder of files")
def a_folder(draft: Forged, random: Random, pack: HonestPack) -> None:
    name = random.choice((*bound(draft), LEDGER, "head.txt"))
    way = random.randrange(4)
    if way == 0:
        draft.folders.append("empty")
    elif way == 1:
        del draft.files[name]
        draft.folders.append(name)
    elif way == 2:
        draft.files = {f"pack/{name}": content for name, content in draft.files.items()}
    else:
        draft.files |= {f"second/{name}": content for name, content in pack.files.items()}


@kind_of_file("a policy's file is called by its digest")
def a_policy_under_another_name(draft: Forged, random: Random, pack: HonestPack) -> None:
    ending = random.choice((".txt", ".json"))
    name = policy(draft, ending)
    names = (
        f"policy-{'0' * 12}{ending}",
        f"policy-{ending}",
        name.upper(),
        f"policy-{pack.head.split(':')[1][:12]}{ending}",
    )
    content = draft.files[name]
    if random.random() < 0.5:
        del draft.files[name]
    draft.files[random.choice(names)] = content


@kind("what is listed is what was unpacked")
def a_list_as_another_type(draft: Forged, random: Random, pack: HonestPack) -> None:
    ending = random.choice((".html", ".ods", ".xls", ".csv.lnk", ".txt", ".csv.exe", ".pdf"))
    draft.files[f"acknowledgements{ending}"] = draft.files[ACKNOWLEDGED]
