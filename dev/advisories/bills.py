"""A bill of materials per image, in CycloneDX 1.6. The same lock gives the same bytes."""

import json
from collections.abc import Iterable, Sequence
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.impact_analysis import ImpactAnalysisState
from cyclonedx.model.vulnerability import BomTarget, Vulnerability, VulnerabilityAnalysis
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from .findings import Exemption
from .packages import Package


def bill(image: str, packages: Sequence[Package], exempt: Iterable[Exemption] = ()) -> str:
    """The bill of one image as JSON, with what is known not to concern its packages. Its serial
    number is made from what it lists."""
    root = Component(name=image, type=ComponentType.CONTAINER, bom_ref=image)
    parts = [_part(package) for package in packages]
    listed = "\n".join([image, *(f"{package.name}=={package.version}" for package in packages)])
    bom = Bom(components=parts, serial_number=uuid5(NAMESPACE_URL, listed))
    bom.metadata.component = root
    bom.vulnerabilities = [
        _vulnerability(one, part) for one in exempt for part in parts if part.name == one.package
    ]
    bom.register_dependency(root, parts)
    written = json.loads(JsonV1Dot6(bom).output_as_string())
    del written["metadata"]["timestamp"]
    return json.dumps(written, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _part(package: Package) -> Component:
    link = PackageURL("pypi", None, package.name, package.version)
    return Component(
        name=package.name,
        version=package.version,
        type=ComponentType.LIBRARY,
        purl=link,
        bom_ref=str(link),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=each) for each in package.hashes],
    )


def _vulnerability(exemption: Exemption, part: Component) -> Vulnerability:
    return Vulnerability(
        id=exemption.id,
        affects=[BomTarget(ref=str(part.bom_ref))],
        analysis=VulnerabilityAnalysis(
            state=ImpactAnalysisState.NOT_AFFECTED,
            justification=exemption.justification,
            detail=exemption.why,
        ),
    )
