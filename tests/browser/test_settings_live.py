"""Settings in a real browser: the preview follows what one types; the keyboard is enough."""

import pytest
from playwright.async_api import expect

from .staff import Desk
from .staff_settings import PIN, two_versions

HIDDEN = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect();
  const bar = document.querySelector(".setting .buttons");
  if (bar.contains(one) || one.closest(".preview")) return "";
  const end = Math.min(box.bottom, box.top + 40);
  return end > bar.getBoundingClientRect().top + 1 ? one.outerHTML : "";
}"""
"""The element with the focus, where it lies behind the buttons: of a long text, its first line."""

in_one_loop = pytest.mark.asyncio(loop_scope="session")


@in_one_loop
async def test_the_preview_follows_what_one_types(desk: Desk) -> None:
    await desk.sign_in(PIN)
    card = desk.page.locator("#preview .choice").first
    await desk.page.fill("#plain", "暗証番号をなくした")
    await expect(card).to_contain_text("暗証番号をなくした")
    english = desk.page.locator("#preview details.citizens").nth(2)
    await english.locator("summary").first.click()
    await desk.page.fill("#minutes", "25")
    await expect(english).to_contain_text("about 25 minutes")
    await expect(english).to_have_attribute("open", "")
    await expect(desk.page.locator("#preview-state")).to_have_text("入力に合わせて更新しました。")
    assert desk.offers.saved == []


@in_one_loop
async def test_a_preview_that_cannot_be_had_says_so_and_the_next_one_comes(desk: Desk) -> None:
    await desk.sign_in(PIN)
    state = desk.page.locator("#preview-state")
    await desk.page.route("**/preview", lambda route: route.abort())
    await desk.page.fill("#plain", "一度目")
    await expect(state).to_have_text("いまは更新できません。")
    await desk.page.unroute("**/preview")
    await desk.page.fill("#plain", "二度目")
    await expect(desk.page.locator("#preview .choice").first).to_contain_text("二度目")


@in_one_loop
async def test_lists_outlive_the_choice_between_two_versions(desk: Desk) -> None:
    """They travel in hidden fields, several lines in each."""
    await two_versions(desk)
    before = desk.offers.procedures["pin"]
    await desk.press("main .button >> nth=0")
    after = desk.offers.procedures["pin"]
    assert (after.plain, after.minutes) == ("暗証番号がわからない", before.minutes)
    for name in ("documents", "notes", "rules", "texts", "outcomes", "visitors"):
        assert getattr(after, name) == getattr(before, name)


@in_one_loop
async def test_what_has_the_focus_is_never_behind_the_buttons(desk: Desk) -> None:
    await desk.sign_in(PIN)
    await desk.page.set_viewport_size({"width": 1280, "height": 700})
    await desk.page.focus("#plain")
    for _ in range(25):
        await desk.page.keyboard.press("Tab")
        hidden = await desk.page.evaluate(HIDDEN)
        assert not hidden, hidden


@in_one_loop
async def test_a_setting_is_changed_by_keyboard_alone(desk: Desk) -> None:
    await desk.sign_in(PIN)
    await desk.page.focus("#minutes")
    await desk.page.keyboard.press("Control+A")
    await desk.page.keyboard.type("25")
    await desk.page.keyboard.press("Tab")
    await desk.page.keyboard.press("ArrowDown")
    assert await desk.page.is_checked("[name=online][value=paused]")
    for _ in range(80):
        await desk.page.keyboard.press("Tab")
        if await desk.page.evaluate("document.activeElement.textContent") == "保存する":
            break
    async with desk.page.expect_navigation():
        await desk.page.keyboard.press("Enter")
    assert "保存しました" in await desk.page.inner_text("main")
    saved = desk.offers.procedures["pin"]
    assert (saved.minutes, saved.online) == (25, "paused")
