"""A release names its base images by digest; what it does not name so is said."""

import re
from pathlib import Path

import pytest
import yaml

from dev.account import ROOT
from dev.images import FILE, component, images, main, pinned, without_digest

DOCKERFILES = ("Dockerfile", "deploy/edge/Dockerfile", "deploy/postgres/Dockerfile")
DIGEST = "sha256:" + "0123456789abcdef" * 4


def places() -> dict[str, str]:
    """The images that compose and the Dockerfiles name, by their variable."""
    compose = (ROOT / "docker-compose.yml").read_text()
    found = dict(re.findall(r"\$\{([A-Z]+_IMAGE):-([^}\s]+)\}", compose))
    for path in DOCKERFILES:
        for name, image in re.findall(
            r"^ARG (\w+)=(\S+)$", (ROOT / path).read_text(), re.MULTILINE
        ):
            assert found[f"{name}_IMAGE"] == image, path
    return found


def test_every_image_that_is_not_built_here_can_be_pinned() -> None:
    names = {name: image.partition("@")[0] for name, image in images(FILE.read_text()).items()}
    assert places() == names
    compose = (ROOT / "docker-compose.yml").read_text()
    fixed = re.findall(r"^\s*image: ([^$\s]+)$", compose, re.MULTILINE)
    assert all(image.startswith("oita-") for image in fixed)
    for path in DOCKERFILES:
        bases = re.findall(r"^FROM (\S+)", (ROOT / path).read_text(), re.MULTILINE)
        assert set(bases) <= {"${PYTHON}", "${DEBIAN}", "${POSTGRES}"}, path


def test_pinning_keeps_the_names_and_replaces_older_digests() -> None:
    text = f"# why\nA_IMAGE=a/b:1\nB_IMAGE=c:2@sha256:{'f' * 64}\n"
    assert without_digest(text) == ["a/b:1"]
    once = pinned(text, lambda _: DIGEST)
    assert once == f"# why\nA_IMAGE=a/b:1@{DIGEST}\nB_IMAGE=c:2@{DIGEST}\n"
    assert without_digest(once) == []


def test_a_release_without_digests_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "images.env"
    file.write_text("A_IMAGE=a:1\n")
    with pytest.raises(SystemExit, match=r"Without a digest in images.env: a:1"):
        main([], file)
    file.write_text(f"A_IMAGE=a:1@{DIGEST}\n")
    main([], file)


def test_a_cluster_takes_a_digest_rather_than_a_tag() -> None:
    text = f"RABBITMQ_IMAGE=rabbitmq:4@{DIGEST}\nMAILPIT_IMAGE=a/mail:v1\nPROMETHEUS_IMAGE=p/p:v3\n"
    lines = yaml.safe_load(component(text))["images"]
    assert lines[0] == {"name": "rabbitmq", "digest": DIGEST}
    assert lines[1] == {"name": "a/mail", "newTag": "v1"}
