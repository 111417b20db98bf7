"""The school's policy files with some words changed, as a school changes them."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from bot.settings import ROOT, Settings

SCHOOL = "slyne-with-hest"


def changed_policies(folder: Path, changes: Mapping[str, Mapping[str, str]]) -> Path:
    """A policies folder in which the words of some of the school's files are others: by file, old to new."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "staffroom").symlink_to(ROOT / "policies" / "staffroom")
    shutil.copytree(ROOT / "policies" / SCHOOL, folder / SCHOOL)
    for name, words in changes.items():
        file = folder / SCHOOL / name
        text = file.read_text(encoding="utf-8")
        for old, new in words.items():
            assert old in text, old
            text = text.replace(old, new, 1)
        file.write_text(text, encoding="utf-8")
    return folder


def with_changes(settings: Settings, changes: Mapping[str, Mapping[str, str]]) -> Settings:
    """Settings of a school whose files were changed."""
    return replace(settings, policies=changed_policies(settings.data.parent / "policies", changes))
