"""An image has every package that its program imports, so that nothing is missing at its start."""

import subprocess
import sys

import pytest

from dev.environment import PROGRAMS

from .house import ROOT

# Imports a module where only the packages of an image can be found.
IMPORT = """
import importlib, sys
from importlib.metadata import packages_distributions

module, *there = sys.argv[1:]
normal = lambda name: name.lower().replace("_", "-").replace(".", "-")
missing = {name for name, found in packages_distributions().items()
           if not {normal(one) for one in found} & set(there)}

class Image:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in missing:
            raise ModuleNotFoundError(f"No module named {name!r} in the image", name=name)

sys.meta_path.insert(0, Image())
importlib.import_module(module)
"""


def packages_of(image: str) -> list[str]:
    lines = (ROOT / "requirements" / f"{image}.txt").read_text().splitlines()
    return [line.partition("==")[0].partition("[")[0] for line in lines if "==" in line]


@pytest.mark.parametrize(
    ("module", "image"),
    [
        *((f"{program.module}.app", program.service) for program in PROGRAMS.values()),
        ("libs.topology", "booking"),
        ("backup.__main__", "reporting"),
    ],
)
def test_an_image_has_every_package_that_its_program_imports(module: str, image: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORT, module, *packages_of(image)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.splitlines()[-1]
