#!/usr/bin/python3
"""A window with nothing but a page of WebKitGTK, for WebKitWebDriver.

Run by the driver with Debian's Python, which has the bindings. WebKitGTK's own small browser cannot
be as narrow as a phone. WINDOW_SCRIPTS=0 shows pages without scripts; WINDOW_DOWNLOADS is a folder;
WINDOW_SIZE is a file with the size of the page, "390 844", which may change.
"""

import os
import pathlib
from typing import Any

import gi  # type: ignore[import-not-found]

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import GLib, Gtk, WebKit2  # type: ignore[import-not-found]  # noqa: E402

context = WebKit2.WebContext.new_ephemeral()


def open_window(_session: Any) -> Any:
    view = WebKit2.WebView(web_context=context, is_controlled_by_automation=True)
    view.get_settings().set_enable_javascript_markup(os.environ["WINDOW_SCRIPTS"] == "1")
    view.connect("decide-policy", decide)
    # The window manager gives the window the whole screen; the page has its part of it.
    frame, window = Gtk.Fixed(), Gtk.Window(decorated=False)
    frame.put(view, 0, 0)
    window.add(frame)
    window.show_all()
    resize(view)
    GLib.timeout_add(20, resize, view)
    return view


def resize(view: Any) -> bool:
    width, height = map(int, pathlib.Path(os.environ["WINDOW_SIZE"]).read_text().split())
    if view.get_size_request() != (width, height):
        view.set_size_request(width, height)
    return True


def decide(_view: Any, decision: Any, kind: Any) -> bool:
    """Files are downloaded instead of shown."""
    if kind == WebKit2.PolicyDecisionType.RESPONSE:
        headers = decision.get_response().get_http_headers()
        if headers and "attachment" in (headers.get_one("content-disposition") or ""):
            decision.download()
            return True
    return False


def download(_context: Any, started: Any) -> None:
    def choose(found: Any, name: str) -> bool:
        target = pathlib.Path(os.environ["WINDOW_DOWNLOADS"]) / name
        found.set_destination(str(target))
        return True

    started.connect("decide-destination", choose)


def automate(_context: Any, session: Any) -> None:
    info = WebKit2.ApplicationInfo()
    info.set_name("window")
    info.set_version(1, 0, 0)
    session.set_application_info(info)
    session.connect("create-web-view", open_window)


context.set_preferred_languages(["ja-JP"])
context.set_automation_allowed(True)
context.connect("automation-started", automate)
context.connect("download-started", download)
Gtk.main()
