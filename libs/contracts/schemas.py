"""JSON Schemas of every contract: `python -m libs.contracts.schemas` writes docs/schemas.

A fact that is known to others may grow by optional fields and nothing else; whatever goes further
is refused here, because queues, outboxes and the other release still hold facts of the old form.
"""

import importlib
import json
import pkgutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from libs import contracts
from libs.common.facts import Contract, Fact

FOLDER = Path(__file__).parents[2] / "docs" / "schemas"
_WORDS_ONLY = ("title", "description")

Schema = dict[str, Any]


def models() -> Iterator[tuple[str, type[Contract]]]:
    """(owner, model) of everything that services say: facts with a name, and HTTP bodies."""
    for module in pkgutil.iter_modules(contracts.__path__):
        owner = importlib.import_module(f"{contracts.__name__}.{module.name}")
        for kind in vars(owner).values():
            if _is_contract(kind) and _is_owned(kind, owner.__name__):
                yield module.name, kind


def facts() -> list[tuple[str, type[Fact]]]:
    """(owner, fact) of every fact."""
    return [(owner, kind) for owner, kind in models() if issubclass(kind, Fact)]


def documents() -> dict[str, Schema]:
    """The schemas by file name: a fact under its own name, a body under its owner's."""
    return {
        f"{_name(owner, kind)}.json": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **kind.model_json_schema(),
        }
        for owner, kind in models()
    }


def text(schema: Schema) -> str:
    """A schema as it is committed."""
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def breaks(old: Schema, new: Schema) -> list[str]:
    """What in `new` those who know `old` could not read or would miss; empty when it only grew."""
    parts = [("", old, new)]
    defined = new.get("$defs", {})
    parts += [(f"{name}.", part, defined.get(name)) for name, part in old.get("$defs", {}).items()]
    return [
        sentence for where, before, after in parts for sentence in _differs(where, before, after)
    ]


def write(folder: Path) -> list[str]:
    """Write every schema into `folder`, or nothing and answer what would break."""
    wanted = documents()
    broken = [
        f"{fact.name}: {sentence}"
        for fact, old in _known_facts(folder)
        for sentence in breaks(old, wanted[f"{fact.name}.json"])
    ]
    if broken:
        return broken
    folder.mkdir(parents=True, exist_ok=True)
    for stale in {file.name for file in folder.glob("*.json")} - set(wanted):
        (folder / stale).unlink()
    for name, schema in wanted.items():
        (folder / name).write_text(text(schema))
    return []


def main() -> None:
    if broken := write(FOLDER):
        sys.exit("\n".join([*broken, "Others know these facts: add the next version beside them."]))


def _is_contract(kind: object) -> bool:
    """Bases that only others build on are none: a fact without a name is never sent."""
    if not isinstance(kind, type) or not issubclass(kind, Contract):
        return False
    return not issubclass(kind, Fact) or hasattr(kind, "name")


def _is_owned(kind: type[Contract], owner: str) -> bool:
    """Whether a contract belongs to this owner's module or package, and was not only imported."""
    return f"{kind.__module__}.".startswith(f"{owner}.")


def _name(owner: str, kind: type[Contract]) -> str:
    return kind.name if issubclass(kind, Fact) else f"{owner}.{kind.__name__}"


def _known_facts(folder: Path) -> Iterator[tuple[type[Fact], Schema]]:
    for _, fact in facts():
        file = folder / f"{fact.name}.json"
        if file.exists():
            yield fact, json.loads(file.read_text())


def _differs(where: str, old: Schema, new: Schema | None) -> Iterator[str]:
    if new is None:
        yield f"{where.rstrip('.')} is gone"
        return
    before, after = set(old.get("required", ())), set(new.get("required", ()))
    yield from (
        f"{where}{field} is no longer there for certain" for field in sorted(before - after)
    )
    yield from (f"{where}{field} is asked for now" for field in sorted(after - before))
    if "properties" not in old:
        if _bare(old) != _bare(new):
            yield f"{where.rstrip('.')} has other values"
        return
    for field, shape in old["properties"].items():
        if _bare(shape) != _bare(new.get("properties", {}).get(field)):
            yield f"{where}{field} has another form"


def _bare(shape: Any) -> Any:
    """A shape without the words that explain it."""
    if isinstance(shape, Mapping):
        return {key: _bare(value) for key, value in shape.items() if key not in _WORDS_ONLY}
    return [_bare(item) for item in shape] if isinstance(shape, list) else shape


if __name__ == "__main__":
    main()
