"""An installation for a trial: an overlay over `city` with its own secrets and images."""

import json
import os
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from dev import kubernetes_secrets
from dev.account import ROOT
from dev.keys import kept_keys
from dev.manifests import HERE

from .load import BORN, Person

CITIZENS, DESK = 30443, 30444
OURS = (*("booking", "eligibility", "notify", "reporting", "internet", "lgwan", "edge"),)
FIRST = "n"
"""The release that a trial begins with; `n1` follows."""
PEOPLE = 6000
PLACES = ("本庁舎", "鶴崎", "大南", "植田", "大在", "坂ノ市", "佐賀関", "明野")
SETTINGS = {
    "INTERNET_URL": f"https://localhost:{CITIZENS}",
    "LGWAN_URL": f"https://localhost:{DESK}",
}


@dataclass(frozen=True)
class Trial:
    """`registry` is what stands before the names of our images, `dns` the network of a DNS that is
    no pod of kube-system."""

    directory: Path
    registry: str
    dns: str

    @classmethod
    def from_environment(cls, directory: Path) -> "Trial":
        return cls(directory, os.environ.get("K8S_REGISTRY", ""), os.environ.get("K8S_DNS", ""))

    def prepare(self) -> Path:
        """Keys and a certificate; the file of Secrets."""
        return kubernetes_secrets.make(self.directory, "smtp://mailpit:1025")

    @property
    def password(self) -> str:
        return kept_keys(self.directory / "secrets.json")["staff_password"]

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.directory / "tls" / "certificate.pem")

    def overlay(self, tag: str) -> Path:
        """The overlay of one release."""
        folder = self.directory / f"release-{tag}"
        folder.mkdir(exist_ok=True)
        here = os.path.relpath(HERE, folder)
        document = {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "namespace": "oita",
            "resources": [f"{here}/overlays/city"],
            "components": [f"{here}/components/mailpit", f"{here}/components/images"],
            # A new image of PostgreSQL would restart it: that is no release of ours.
            "images": [*(self._image(name, tag) for name in OURS), self._image("postgres", FIRST)],
            "configMapGenerator": [
                {
                    "name": "city",
                    "behavior": "merge",
                    "literals": [f"{name}={value}" for name, value in SETTINGS.items()],
                }
            ],
            "patches": list(self._patches()),
        }
        (folder / "kustomization.yaml").write_text(json.dumps(document))
        return folder

    def _image(self, name: str, tag: str) -> dict[str, str]:
        return {"name": f"oita-{name}", "newName": f"{self.registry}oita-{name}", "newTag": tag}

    def _patches(self) -> Iterator[dict[str, object]]:
        shorter = [
            {
                "op": "replace",
                "path": "/spec/behavior/scaleDown/stabilizationWindowSeconds",
                "value": 30,
            }
        ]
        yield {"target": {"kind": "HorizontalPodAutoscaler"}, "patch": yaml.safe_dump(shorter)}
        if self.dns:
            where = [{"op": "add", "path": "/spec/egress/0/to/-", "value": {"ipBlock": {"cidr": self.dns}}}]  # fmt: skip # noqa: E501
            target = {"kind": "NetworkPolicy", "name": "names"}
            yield {"target": target, "patch": yaml.safe_dump(where)}


def people() -> Iterator[Person]:
    for number in range(1, PEOPLE + 1):
        yield card_of(number), BORN


def card_of(number: int) -> str:
    return f"SMK-{number:06}"


def persons_file() -> bytes:
    """Everybody who comes, as staff import them."""
    born: date = BORN
    rows = [f"{card_of(n)},{born},{PLACES[n % len(PLACES)]}" for n in range(1, PEOPLE + 1)]
    return "\r\n".join(["製造管理番号,生年月日,受取場所", *rows, ""]).encode("cp932")


def release_script() -> Path:
    return ROOT / "deploy" / "k8s" / "release"
