"""Programs that no wheel carries: installs Debian's packages where we may, else says what to do."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import CannotStart
from .rabbitmq import installed

SBIN = "/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin"
POLICY = Path("/usr/sbin/policy-rc.d")
SHELL = "chromium-headless-shell"
"""Chromium without the windows that nobody looks at: a page takes half the time."""
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
"""For Chromium: as root in a container, and without asking anybody for anything."""
BINDINGS = "*/girepository-1.0/WebKit2-4.1.typelib"
FONTS = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")


def may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def need_rabbitmq() -> None:
    """Make sure that rabbitmq-server is on the machine; raises CannotStart with what to do."""
    if installed():
        return
    if not may_install():
        raise CannotStart(
            "RabbitMQ is missing. Install it (Debian: sudo apt-get install rabbitmq-server), "
            "or start Docker, or set AMQP_URL to a broker of yours, and run this again."
        )
    install("rabbitmq-server")


def chromium() -> str | None:
    """Where Chromium is on this machine, under the names that systems give it."""
    names = (SHELL, "chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


def want_browser() -> None:
    """Install Chromium and Japanese letters where we may; else say what will be skipped."""
    letters = [] if FONTS.exists() else ["fonts-noto-cjk"]
    for browser in (SHELL, "chromium"):
        missing = [] if shutil.which(browser) else [browser]
        if _wants(*missing, *letters):
            break
    if chromium() is None:
        print(
            "Chromium is missing, so what needs a browser is skipped; everything else runs. "
            "To run it too: sudo apt-get install chromium fonts-noto-cjk",
            file=sys.stderr,
        )


def want_engines() -> None:
    """Install Firefox and WebKit where we may; else their walks are skipped, and it is said."""
    programs = {
        "firefox-esr": "firefox-esr",
        "WebKitWebDriver": "webkit2gtk-driver",
        "matchbox-window-manager": "matchbox-window-manager",
        "Xvfb": "xvfb",
    }
    missing = [package for name, package in programs.items() if not shutil.which(name)]
    bindings = [] if any(Path("/usr/lib").glob(BINDINGS)) else ["python3-gi", "gir1.2-webkit2-4.1"]
    if not _wants(*missing, *bindings):
        print(
            "Firefox or WebKit is missing, so what needs them is skipped; everything else runs. "
            f"To run it too: sudo apt-get install {' '.join([*missing, *bindings])}",
            file=sys.stderr,
        )


def _wants(*packages: str) -> bool:
    """Whether they are there afterwards; where they cannot be installed, it is said why."""
    if not packages:
        return True
    if not may_install():
        return False
    try:
        install(*packages)
    except CannotStart as problem:
        print(problem, file=sys.stderr)
        return False
    return True


def want_programs() -> None:
    """Install the proxy of deploy/edge, what gives a process another time, and what tries
    alerts, where we may; else their tests are skipped."""
    wanted = {
        "nginx": "nginx-light",
        "faketime": "faketime",
        "promtool": "prometheus",
        "amtool": "prometheus-alertmanager",
    }
    _wants(*(package for name, package in wanted.items() if not shutil.which(name, path=SBIN)))


def install(*packages: str) -> None:
    """apt-get install, without starting any service that comes along."""
    print(f"Installing {', '.join(packages)} …", flush=True)
    with _no_services():
        _apt("update")
        _apt("install", "--yes", "--no-install-recommends", *packages)


def _apt(*arguments: str) -> None:
    done = subprocess.run(
        ["apt-get", "-q", *arguments],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotStart(f"apt-get {' '.join(arguments)} failed:\n{done.stderr.strip()}")


@contextmanager
def _no_services() -> Iterator[None]:
    """Debian's way to say that an installation starts no service: a policy that answers 101."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()


def main() -> None:
    needs = {
        "rabbitmq": need_rabbitmq,
        "browser": want_browser,
        "engines": want_engines,
        "programs": want_programs,
    }
    for name in sys.argv[1:]:
        try:
            needs[name]()
        except CannotStart as problem:
            sys.exit(str(problem))


if __name__ == "__main__":
    main()
