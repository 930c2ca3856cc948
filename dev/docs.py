"""`make docs`: writes the pages of docs/ that are made from the code."""

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

from backup.settings import BaseSettings, DrillSettings, JournalSettings, RestoreSettings
from libs.common.facts import Fact
from libs.common.settings import (
    MigrateSettings,
    ProcessSettings,
    ServiceSettings,
    describe,
    secrets_of,
)
from libs.contracts import schemas
from libs.topology import TopologySettings

from .account import ROOT
from .environment import MIGRATORS, PROGRAMS
from .openapi import SERVICES, api_page, document

DOCS = ROOT / "docs"
GENERATED = "<!-- Made by `make docs`; do not edit. -->"
BACKUP: dict[str, type[Any]] = {
    "journal": JournalSettings,
    "base": BaseSettings,
    "restore": RestoreSettings,
    "drill": DrillSettings,
}
Rows = list[tuple[str, str, str]]


def settings_of(program: str) -> type[Any]:
    """The Settings of a process."""
    kind: type[Any] = importlib.import_module(f"{PROGRAMS[program].module}.app").Settings
    return kind


def subscribers() -> dict[type[Fact], list[str]]:
    """Who takes in each fact: services with a durable queue, then the live ones in brackets."""
    found: dict[type[Fact], list[str]] = {}
    for program, subscriptions in _subscriptions():
        for fact in subscriptions:
            found.setdefault(fact, []).append(program)
    return found


def _subscriptions() -> Iterator[tuple[str, Mapping[type[Fact], Any]]]:
    for program, described in PROGRAMS.items():
        for module, form in (("handlers", "{}"), ("feed", "({})")):
            if (ROOT.joinpath(*described.module.split(".")) / f"{module}.py").exists():
                table = importlib.import_module(f"{described.module}.{module}").SUBSCRIPTIONS
                yield form.format(program), table


def settings_page() -> str:
    """docs/settings.md"""
    sections = [
        ("Every process", describe(ProcessSettings)),
        ("Every service behind the doors", _beyond(ServiceSettings, ProcessSettings)),
        *map(_section, PROGRAMS),
        ("`python -m libs.topology`", describe(TopologySettings)),
        (f"`migrate` of {', '.join(MIGRATORS)}", describe(MigrateSettings)),
        *((f"`python -m backup {name}`", describe(kind)) for name, kind in BACKUP.items()),
        ("`add-staff` of the staff door", describe(_account_settings())),
    ]
    intro = (
        "Each process reads its environment once, at start. A missing or wrong setting ends it "
        "with one sentence that names the variable and shows no value.\n\n"
        "Instead of each, `<variable>_FILE` may name a file that has the value. That is for "
        f"secrets: {', '.join(f'`{name}`' for name in sorted(_secrets()))}."
    )
    parts = [f"## {title}\n\n{_table(rows)}" for title, rows in sections]
    return "\n\n".join(["# Settings", GENERATED, intro, *parts]) + "\n"


def _secrets() -> set[str]:
    commands = (MigrateSettings, TopologySettings, _account_settings(), *BACKUP.values())
    kinds = (*commands, *map(settings_of, PROGRAMS))
    return set().union(*map(secrets_of, kinds))


def _section(program: str) -> tuple[str, Rows]:
    """What a process reads beyond what all of its kind read."""
    kind = settings_of(program)
    if issubclass(kind, ServiceSettings):
        return f"{program}, beside what every service reads", _beyond(kind, ServiceSettings)
    return f"{program}, beside what every process reads", _beyond(kind, ProcessSettings)


def _beyond(kind: type, parent: type) -> Rows:
    inherited = describe(parent)
    return [row for row in describe(kind) if row not in inherited]


def _account_settings() -> type:
    kind: type = importlib.import_module("services.gateway.lgwan.door.settings").AccountSettings
    return kind


def _table(rows: Rows) -> str:
    if not rows:
        return "Nothing more."
    lines = [f"| `{name}` | {_shown(default)} | {_cell(text)} |" for name, default, text in rows]
    return "\n".join(["| variable | default | meaning |", "|---|---|---|", *lines])


def _shown(default: str) -> str:
    """A default as it is written into the environment."""
    written = {"True": "1", "False": "0"}.get(default, default)
    return written if written == "required" else f"`{written}`" if written else "empty"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def events_page() -> str:
    """docs/events.md"""
    listening = subscribers()
    intro = (
        "Every fact goes through the outbox of its owner to the topic exchange of its owner, "
        "`<owner>.facts`, which nobody else may write to. Services named plainly take it from a "
        "durable queue; those in brackets listen while they run and fetch a snapshot when they "
        "connect. A required fact that reaches no queue stays in the "
        "outbox and is sent again."
    )
    lines = [
        f"| {fact.__name__} | {owner} | `{fact.name}` | {', '.join(listening.get(fact, []))} "
        f"| {'yes' if fact.mandatory else 'no'} | [schema](schemas/{fact.name}.json) |"
        for owner, fact in schemas.facts()
    ]
    head = [
        "| fact | owner | routing key | taken in by | required | form |",
        "|---|---|---|---|---|---|",
    ]
    return "\n\n".join(["# Facts", GENERATED, intro, "\n".join([*head, *lines])]) + "\n"


def pages() -> dict[str, str]:
    """The generated pages, by file name."""
    return {
        "settings.md": settings_page(),
        "events.md": events_page(),
        "api.md": api_page(GENERATED),
        **{f"openapi/{service}.json": document(service) for service in SERVICES},
    }


def main() -> None:
    for name, content in pages().items():
        (DOCS / name).parent.mkdir(exist_ok=True)
        (DOCS / name).write_text(content)
    schemas.main()


if __name__ == "__main__":
    main()
