"""What is measured in each engine on every page: nothing wider than the window, nothing cut off."""

from playwright.async_api import Page

from .page import EnginePage

# What stands out of its cell, link or button; what is longer than a box that hides the rest. Boxes
# for ears alone and those that are placed by hand are excepted, as is a pixel of rounding.
_CUT_OFF = """() => {
  const found = [], name = e => e.outerHTML.slice(0, 120);
  const placed = e => ["absolute", "fixed", "sticky"].includes(getComputedStyle(e).position);
  const shown = e => e.checkVisibility({visibilityProperty: true}) && !e.closest(".hidden");
  for (const e of document.querySelectorAll("main *, header *, footer *")) {
    if (!shown(e) || placed(e) || e.closest("svg, ruby, option, [popover]")) continue;
    const style = getComputedStyle(e), own = e.getBoundingClientRect();
    const box = e.parentElement.closest("td, th, button, li, a");
    const around = box && box.getBoundingClientRect();
    if (own.width && around && getComputedStyle(e).display !== "inline"
        && (own.right > around.right + 1.5 || own.bottom > around.bottom + 1.5))
      found.push(`stands out by ${Math.round(Math.max(own.right - around.right,
        own.bottom - around.bottom))} px: ${name(e)}`);
    if (["hidden", "clip"].includes(style.overflowX) && style.display !== "inline" && own.width > 1
        && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1))
      found.push(`is cut off: ${name(e)}`);
  }
  return found;
}"""

_SIDEWAYS = """() => {
  const width = window.innerWidth;
  if (document.scrollingElement.scrollWidth <= width) return [];
  const wide = [...document.querySelectorAll("body *")].filter(
    e => e.checkVisibility() && e.getBoundingClientRect().right > width + 0.5);
  return [`${document.scrollingElement.scrollWidth} px wide in a window of ${width}: `
    + (wide.at(-1) ?? document.body).outerHTML.slice(0, 120)];
}"""


async def complaints(page: Page | EnginePage) -> list[str]:
    sideways: list[str] = await page.evaluate(_SIDEWAYS)
    cut_off: list[str] = await page.evaluate(_CUT_OFF)
    return [*sideways, *cut_off]
