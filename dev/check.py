"""`make check`, the parts no other program does: templates compile, migrations fit the tables,
Kubernetes understands the manifests, alerts fire when they should, and evidence of long runs is of
this code."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import kubernetes_validate
import yaml
from jinja2 import Environment, FileSystemLoader, TemplateSyntaxError

from libs.common import migrate

from .account import ROOT
from .alerts import alerts
from .environment import MIGRATORS
from .evidence import stale
from .manifests import HERE, OVERLAYS, Manifest, render
from .postgres import Postgres
from .process import free_port
from .testing import TEST_SETTINGS, Databases


def templates() -> Iterator[str]:
    """Every template that Jinja cannot read."""
    for folder in sorted((ROOT / "services").glob("**/templates")):
        environment = Environment(loader=FileSystemLoader(folder), autoescape=True)
        for path in sorted(folder.rglob("*.html")):
            try:
                environment.parse(path.read_text(), filename=str(path))
            except TemplateSyntaxError as wrong:
                yield f"{path.relative_to(ROOT)}:{wrong.lineno}: {wrong.message}"


def migrations() -> Iterator[str]:
    """Every service with more than one newest revision, or whose tables differ from the schema."""
    home = Path(tempfile.mkdtemp(prefix="check-", dir=_place()))
    server = Postgres(home, free_port(), "check", TEST_SETTINGS)
    try:
        server.start()
        with closing(Databases(server)) as databases:
            yield from (found for service in MIGRATORS for found in _service(service, databases))
    finally:
        server.destroy()
        shutil.rmtree(home, ignore_errors=True)


def _place() -> Path:
    place = ROOT / "var"
    place.mkdir(exist_ok=True)
    return place


def _service(service: str, databases: Databases) -> Iterator[str]:
    package = MIGRATORS[service]
    heads = migrate.heads(package)
    if len(heads) != 1:
        yield f"{package}: one newest migration expected, found {', '.join(heads) or 'none'}"
        return
    with databases.fresh(service) as database:
        for difference in migrate.drift(package, database.owner_url):
            yield f"{package}: tables and migrations differ: {difference}"


def manifests() -> Iterator[str]:
    """Every overlay that kubectl cannot render, and each resource that Kubernetes would refuse or
    misread: a word too many is a mistake too."""
    seen: list[Manifest] = []
    for overlay in OVERLAYS:
        try:
            rendered = list(yaml.safe_load_all(render(HERE / "overlays" / overlay)))
        except subprocess.CalledProcessError as failed:
            yield f"{overlay}: {failed.stderr.strip()}"
            continue
        for manifest in (each for each in rendered if each not in seen):
            yield from (f"{overlay}: {problem}" for problem in refused(manifest))
        seen += rendered


def refused(manifest: Manifest) -> Iterator[str]:
    """What Kubernetes would say against a resource."""
    try:
        kubernetes_validate.validate(manifest, KUBERNETES, strict=True)
    except kubernetes_validate.ValidationError as wrong:
        place = ".".join(map(str, wrong.path))
        yield f"{manifest['kind']} {manifest['metadata']['name']}: {place}: {wrong.message}"


def evidence() -> Iterator[str]:
    """No problem, but a word about each: long runs are for a quiet hour."""
    for sentence in stale():
        print(f"out of date, see `make soak`: {sentence}", file=sys.stderr)
    return iter(())


KUBERNETES = "1.35"
"""The release whose schemas hold."""
CHECKS: dict[str, Callable[[], Iterator[str]]] = {
    "templates": templates,
    "migrations": migrations,
    "manifests": manifests,
    "alerts": alerts,
    "evidence": evidence,
}


def main() -> None:
    problems = [problem for name in sys.argv[1:] for problem in CHECKS[name]()]
    if problems:
        sys.exit("\n".join(problems))
    print(f"{' and '.join(sys.argv[1:])}: fine")


if __name__ == "__main__":
    main()
