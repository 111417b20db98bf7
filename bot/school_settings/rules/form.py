"""The form of a section: what it shows, what somebody changed in it, and at which field a fault of it belongs."""

import re
from collections.abc import Mapping
from typing import Any

from bot.errors import BadInput
from bot.school_settings.rules.fields import UNTIL, Kind, SettingField, shown_in, value_in
from bot.school_settings.rules.sections import SettingsSection

AREA_LINES = {Kind.LINES: 3, Kind.DAYS: 4, Kind.PERIODS: 8}
INPUT_TYPES = {Kind.PHONE: "tel", Kind.HOURS: "time", Kind.NIGHT: "time"}


class FieldFault(BadInput):
    """A fault in what was typed, with the field it belongs to; the field is empty if it belongs to none."""

    def __init__(self, says: str, field: str) -> None:
        super().__init__(says)
        self.field = field


def typed_values(section: SettingsSection, typed: Mapping[str, str]) -> dict[str, Any]:
    """The values of TOML that were typed, by key; raises FieldFault for the first that is none."""
    values = {}
    for setting in section.fields:
        try:
            values[setting.key] = value_in(setting, typed)
        except BadInput as error:
            raise FieldFault(str(error), setting.key) from error
    return values


def changed_values(section: SettingsSection, typed: Mapping[str, str], table: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed and differs from what the section says now, by key."""
    values = typed_values(section, typed)
    return {
        setting.key: values[setting.key]
        for setting in section.fields
        if values[setting.key] != table.get(setting.key, setting.usual)
    }


def fault_in(section: SettingsSection, says: str, changed: Mapping[str, Any]) -> FieldFault:
    """A fault that the reader of school.toml found, at the changed field that its sentence names, if it names one."""
    rest = says.removeprefix(f"school.toml: {section.name}: ")
    named = [setting for setting in section.fields if re.search(rf"\b{re.escape(setting.key)}\b", rest)]
    own = [setting for setting in named if setting.key in changed] or named
    field = own[0] if own else None
    if field and len(named) == 1:
        rest = re.sub(rf"^{re.escape(field.key)}\b", f"“{field.label}”", rest)
    return FieldFault(rest[:1].upper() + rest[1:], field.key if field else "")


def form_fields(section: SettingsSection, table: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The fields as the template draws them, with what school.toml says now."""
    return [_drawn(setting, table.get(setting.key, setting.usual)) for setting in section.fields]


def _drawn(setting: SettingField, value: Any) -> dict[str, Any]:
    shown = shown_in(setting, value)
    return {
        "id": setting.key,
        "until": setting.key + UNTIL if setting.key + UNTIL in shown else "",
        "label": setting.label,
        "hint": setting.hint,
        "type": INPUT_TYPES.get(setting.kind, "text"),
        "is_number": setting.kind is Kind.NUMBER,
        "is_switch": setting.kind is Kind.SWITCH,
        "lines": AREA_LINES.get(setting.kind, 0),
        "choices": list(setting.choices),
        "shown": dict(shown),
    }
