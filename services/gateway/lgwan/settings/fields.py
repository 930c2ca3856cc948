"""What the forms of settings are made of: fields with their words, in groups."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["text", "long", "lines", "number", "flag", "one", "many", "day", "lengths"]
Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Field:
    """One setting: `name` is its flat name, `first` the value of a new object in words, `lang` the
    language of its text."""

    name: str
    label: str
    kind: Kind = "text"
    hint: str = ""
    required: bool = False
    choices: Choices = ()
    first: str = ""
    unit: str = ""
    lang: str = ""
    folded: bool = False
    """Typed in any width and with any dash."""

    def in_form(self, line: str) -> str:
        """A line of a list as it is shown for typing: a length with the name of its office."""
        if self.kind != "lengths":
            return line
        length, _, office_id = line.rpartition(":")
        return f"{length}　{dict(self.choices).get(office_id, office_id)}" if length else line

    @property
    def group(self) -> bool:
        """Whether it is several controls under one name."""
        return self.kind in ("one", "many")


@dataclass(frozen=True)
class Section:
    """A group of fields; `folded` ones open on demand."""

    title: str
    fields: tuple[Field, ...]
    hint: str = ""
    folded: bool = False


@dataclass(frozen=True)
class SettingForm:
    """All groups of one form."""

    sections: tuple[Section, ...]

    def __iter__(self) -> Iterator[Field]:
        return (field for section in self.sections for field in section.fields)

    def only(self, names: Collection[str]) -> "SettingForm":
        """The part of it that asks these."""
        sections = (
            replace(one, fields=tuple(field for field in one.fields if field.name in names))
            for one in self.sections
        )
        return SettingForm(tuple(one for one in sections if one.fields))

    def field(self, name: str) -> Field | None:
        return next((field for field in self if field.name == name), None)

    def label(self, name: str) -> str:
        """What a setting is called where its group is not seen."""
        for section in self.sections:
            for field in section.fields:
                if field.name == name:
                    return f"{section.title}：{field.label}" if section.folded else field.label
        return name
