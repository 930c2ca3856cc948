"""HTML: compiled templates of a door over the shared layout and components."""

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from libs.contracts.booking import Language, Procedure
from libs.rules.visits import usual_minutes

from . import times
from .language import JAPANESE, Voice, _, speaking
from .ruby import plain
from .static import Static

SHARED = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Alert:
    """What everybody has to know now. `lines` has of each part what it is about, and where."""

    text: str
    lines: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()


Alerts = Callable[[], Sequence[Alert]]
PhoneDesk = Callable[[], object]
"""Whether somebody answers the telephone now; None where nobody knows."""


def _unknown() -> None:
    return None


PageAnswer = Callable[[int], Response]
"""A whole page for a status, from nothing but the status."""


TRAINING = _("研修用：ここでの予約は本物ではありません")
"""On every page of an instance for training."""


@dataclass(frozen=True)
class Site:
    """What every page of a door says: its name, its first page and who helps by phone.
    `notice` is what everybody has to know now, on top of each page; `description` is what a search
    engine shows below the name, `address` where the door is found, for paper, `mail_from` where
    mails come from, and `card_number` what citizens call the booking id. `city` and `short_name`
    are the name in two lines, `mark` the file beside it; `operator`, `operator_address` and
    `official_url` stand in the foot. `training` is on top of every page of an instance for
    training."""

    name: str
    home: str
    help_title: str
    help_text: str
    help_phone: str | None = None
    notice: str = ""
    description: str = ""
    address: str = ""
    mail_from: str = ""
    card_number: str = ""
    city: str = ""
    short_name: str = ""
    mark: str = ""
    operator: str = ""
    operator_address: str = ""
    official_url: str = ""
    training: str = ""


@dataclass
class _Live:
    """What pages say that changes while the process runs."""

    alerts: Alerts = list
    phone_desk: PhoneDesk = _unknown


class Pages:
    """The templates of the rooms of `door` in its languages: an environment each, so that what a
    template sets once is set in that language. A template not found or a name not given is an
    error."""

    def __init__(
        self, site: Site, static: Static, door: Path, voices: Sequence[Voice] = (JAPANESE,)
    ) -> None:
        code, folders = _Compiled(), [*sorted(door.glob("*/templates")), SHARED]
        self._live = _Live()
        self._environments: dict[Language, Environment] = {
            voice.code: _environment(site, static, folders, voice, code) for voice in voices
        }
        for environment in self._environments.values():
            environment.globals.update(
                alerts=lambda: self._live.alerts(), phone_desk=lambda: self._live.phone_desk()
            )

    def alert(self, alerts: Alerts) -> None:
        """What changes while the process runs and everybody has to know, on top of each page."""
        self._live.alerts = alerts

    def alerts(self) -> Sequence[Alert]:
        return self._live.alerts()

    def answer_phone(self, desk: PhoneDesk) -> None:
        """What changes with the hours of the telephone."""
        self._live.phone_desk = desk

    def phone_desk(self) -> object:
        return self._live.phone_desk()

    def render(self, template: str, values: Mapping[str, Any]) -> str:
        """The page in the language that is being spoken."""
        environment = self._environments[speaking.get().code]
        return environment.get_template(template).render(values)

    def answer(self, template: str, values: Mapping[str, Any], status: int = 200) -> Response:
        return HTMLResponse(self.render(template, values), status_code=status)

    def compile_all(self) -> None:
        """Compile every template now, so that no citizen waits and a broken one stops the start."""
        for environment in self._environments.values():
            for name in environment.list_templates(extensions=["html"]):
                environment.get_template(name)


def _environment(
    site: Site, static: Static, folders: list[Path], voice: Voice, code: BytecodeCache
) -> Environment:
    environment = _Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=code,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        voice.text, lambda one, _, __: voice.text(one), newstyle=True
    )
    say = _said_by(voice)
    environment.globals.update(_=say, gettext=say, site=site, static=static.url, lang=voice.tag)
    environment.filters.update(
        plain=plain,
        long_date=times.long_date,
        short_date=times.short_date,
        short_time=times.short_time,
        short_clock=times.short_clock,
        long_day=times.long_day,
        long_time=times.long_time,
        minutes=_minutes,
        long_month=times.long_month,
        short_month=times.short_month,
        around_day=times.around_day,
        clock=times.clock,
        weekday=times.weekday,
        weekday_name=times.weekday_name,
    )
    return environment


class _Environment(Environment):
    """Its globals are complete before the first template is. Each template then has them in a plain
    dict, which is read much faster than the usual chain that sees later ones too."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}


def _said_by(voice: Voice) -> Callable[..., Markup]:
    """What `_()` does on a page: as Jinja's own, without its three calls through the page's
    context, which it does not need."""

    def say(japanese: str, **variables: object) -> Markup:
        text = Markup(voice.text(japanese))  # noqa: S704, a template's or a catalog's own HTML
        return text % variables if variables or "%" in text else text

    return say


class _Compiled(BytecodeCache):
    """The code of the templates: the same for every language, compiled once."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if code := self._code.get(bucket.key + bucket.checksum):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key + bucket.checksum] = bucket.bytecode_to_string()


def _minutes(procedure: Procedure) -> str:
    """30, or 15–30 where that depends on the office or changes soon."""
    least, most = usual_minutes(procedure, times.now().date())
    return str(most) if least == most else f"{least}–{most}"
