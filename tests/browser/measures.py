"""What is measured on every page: axe-core, the size of targets and of text, and the reflow."""

from typing import Any

from playwright.async_api import Page

from .served import AXE

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALLEST_TARGET = 44
SMALLEST_TEXT = 16

_AXE = """async ([part, tags]) => {
  const options = {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]};
  const found = await axe.run(part, options);
  return found.violations.flatMap(rule => rule.nodes.map(
    node => `${rule.id}: ${node.html.slice(0, 160)} (${node.failureSummary})`));
}"""

_SIDEWAYS = """() => {
  const width = window.innerWidth;
  if (document.scrollingElement.scrollWidth <= width) return [];
  const wide = [...document.querySelectorAll("body *")].filter(
    e => e.checkVisibility() && e.getBoundingClientRect().right > width + 0.5);
  return [`scrolls sideways: ${(wide.at(-1) ?? document.body).outerHTML.slice(0, 120)}`];
}"""

# Links in running text are excepted, as in WCAG 2.5.8: their line is as high as the text's.
# A radio button is as large as it and its label together. Ruby is small by its nature.
_LAYOUT = """([smallestTarget, smallestText]) => {
  const complaints = [];
  const name = e => e.outerHTML.slice(0, 120);
  const shown = e => e.checkVisibility({visibilityProperty: true});
  const boxOf = e => {
    const label = e.matches("[type=radio], [type=checkbox]") && e.labels[0];
    const boxes = [e, label].filter(Boolean).map(part => part.getBoundingClientRect());
    const left = Math.min(...boxes.map(b => b.left)), right = Math.max(...boxes.map(b => b.right));
    const top = Math.min(...boxes.map(b => b.top)), end = Math.max(...boxes.map(b => b.bottom));
    return {width: right - left, height: end - top};
  };
  const inRunningText = e => e.matches("a") && [...e.parentNode.childNodes].some(
    node => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
  const controls = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  for (const e of document.querySelectorAll(controls)) {
    const box = boxOf(e);
    if (!shown(e) || inRunningText(e)) continue;
    const size = [box.width, box.height].map(Math.round).join(" × ");
    if (Math.min(box.width, box.height) < smallestTarget - 0.5)
      complaints.push(`a target of ${size}: ${name(e)}`);
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const e = text.parentElement, size = parseFloat(getComputedStyle(e).fontSize);
    if (text.textContent.trim() && shown(e) && !e.closest("rt, rp") && size < smallestText)
      complaints.push(`text of ${size} px: ${name(e)}`);
  }
  return complaints;
}"""


async def axe_violations(page: Page, part: str = "html") -> list[str]:
    """What axe-core finds in a part (a CSS selector) of a page. The page's own policy would not
    let it in: see `bypass_csp`."""
    if not await page.evaluate("() => 'axe' in window"):
        await page.add_script_tag(url=AXE)
    found: list[str] = await page.evaluate(_AXE, [part, TAGS])
    return found


async def sideways(page: Page) -> list[str]:
    """What makes the page wider than the window."""
    found: list[str] = await page.evaluate(_SIDEWAYS)
    return found


async def sideways_with_large_text(page: Page) -> list[str]:
    """The same with letters of twice the size, as phones are set by those who need it."""
    await page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
    return [f"with large text: {one}" for one in await sideways(page)]


async def layout_complaints(page: Page) -> list[str]:
    """Sideways scrolling, small targets, small text at the present size of the window."""
    found: list[str] = await page.evaluate(_LAYOUT, [SMALLEST_TARGET, SMALLEST_TEXT])
    return [*await sideways(page), *found]


def forms_before_the_heading(root: Any) -> list[str]:
    """Forms of the main part that come before the h1, for whoever reads without style sheets."""
    main = next(root.iter("main"))
    order = [e.tag for e in main.iter() if e.tag in ("h1", "form")]
    return order[: order.index("h1")]
