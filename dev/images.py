"""Base images by digest: `python -m dev.images` names those without one, `… pin` looks them up.

A name can be given to another image tomorrow; a digest cannot. The file keeps both, so that people
can read which release it is.
"""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from .account import ROOT
from .errors import CannotStart

FILE = ROOT / "deploy" / "images.env"
COMPONENT = ROOT / "deploy" / "k8s" / "components" / "images" / "kustomization.yaml"
STANDS_BESIDE = ("RABBITMQ_IMAGE", "MAILPIT_IMAGE", "PROMETHEUS_IMAGE")
"""What a cluster runs as it comes. Ours are built on the others."""
_COMPONENT = """\
# Made from deploy/images.env by `make images`; do not edit.
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
images:
"""
_LINE = re.compile(r"^([A-Z]+_IMAGE)=(\S+)$", re.MULTILINE)
_PINNED = re.compile(r"[^@\s]+@sha256:[0-9a-f]{64}")


def images(text: str) -> dict[str, str]:
    """Variable and image of each line."""
    return dict(_LINE.findall(text))


def without_digest(text: str) -> list[str]:
    return [image for image in images(text).values() if not _PINNED.fullmatch(image)]


def pinned(text: str, digest_of: Callable[[str], str]) -> str:
    """The file with the digest that each name has now."""

    def pin(line: re.Match[str]) -> str:
        name = line[2].partition("@")[0]
        return f"{line[1]}={name}@{digest_of(name)}"

    return _LINE.sub(pin, text)


def component(text: str) -> str:
    """The same for a cluster: each image with its digest, or with its tag while it has none."""
    lines = [_for_cluster(images(text)[name]) for name in STANDS_BESIDE]
    return _COMPONENT + "".join(f"  - {{{line}}}\n" for line in lines)


def _for_cluster(image: str) -> str:
    named, _, digest = image.partition("@")
    name, _, tag = named.partition(":")
    return f"name: {name}, digest: {digest}" if digest else f'name: {name}, newTag: "{tag}"'


def look_up(name: str) -> str:
    """The digest that a registry has for a name. Raises CannotStart where there is none."""
    _docker("pull", "--quiet", name)
    template = "{{range .RepoDigests}}{{println .}}{{end}}"
    found = re.search("sha256:[0-9a-f]{64}", _docker("inspect", "--format", template, name))
    if not found:
        raise CannotStart(f"{name} has no digest: it did not come from a registry.")
    return found[0]


def _docker(*arguments: str) -> str:
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotStart(f"docker {' '.join(arguments)} failed:\n{done.stderr.strip()}")
    return done.stdout


def main(arguments: list[str], file: Path = FILE) -> None:
    if arguments == ["pin"]:
        try:
            file.write_text(pinned(file.read_text(), look_up))
            COMPONENT.write_text(component(file.read_text()))
        except (CannotStart, FileNotFoundError) as problem:
            sys.exit(f"No digest was written. {problem}")
    missing = without_digest(file.read_text())
    if missing:
        sys.exit(f"Without a digest in {file.name}: {', '.join(missing)}. Run `make images`.")
    print("Every base image is named by its digest.")


if __name__ == "__main__":
    main(sys.argv[1:])
