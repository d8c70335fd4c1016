"""The page of a student in a browser: accessible, quiet, on a phone, in the dark, on paper."""

from __future__ import annotations

import pytest

from tests.pages.conftest import DESK, PHONE, SMALL_PHONE
from tests.reports.works import WORKS, page_of


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", [*WORKS, "ada_zh"])
def test_page_is_accessible_and_quiet(opened, axe_findings, name, scheme):
    """No finding of axe at WCAG AA, no error in the console, nothing that was asked of a network,
    with all that is folded open."""
    one = opened(page_of(name), PHONE if scheme == "light" else DESK, scheme)
    one.page.evaluate("document.querySelectorAll('details').forEach((part) => (part.open = true))")

    assert axe_findings(one.page) == []
    assert one.problems == []


@pytest.mark.parametrize("name", ["ada", "notebook", "hostile", "unreadable"])
@pytest.mark.parametrize("size", [SMALL_PHONE, PHONE, DESK])
def test_page_does_not_scroll_sideways(opened, name, size):
    """What is wide scrolls in a box of its own."""
    one = opened(page_of(name), size)
    one.page.evaluate("document.querySelectorAll('details').forEach((part) => (part.open = true))")

    assert not one.is_too_wide


def test_keyboard_reaches_everything(opened):
    """The link over the head first; then each link, fold and box that scrolls, each seen."""
    page = opened(page_of("ada")).page
    wanted = page.locator("a, button, summary, [tabindex='0']").count()
    hidden = page.locator("details:not([open]) [tabindex='0']").count()
    seen = []
    for _ in range(wanted - hidden):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate(
                "(() => { const at = document.activeElement, box = at.getBoundingClientRect();"
                " return [at.outerHTML.slice(0, 60), box.width > 0 && box.left >= 0] })()"
            )
        )

    assert seen[0][0].startswith('<a class="skip"')
    assert len({html for html, _ in seen}) > 8
    assert all(is_seen for _, is_seen in seen)
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.tagName") != "BODY"


def test_link_of_a_stub_leads_to_what_is_told_of_it(opened):
    """From the overview, by the keyboard."""
    page = opened(page_of("notebook")).page
    page.get_by_role("row").get_by_role("link", name="softmax").press("Enter")

    assert page.evaluate("location.hash") == "#stub-1"
    assert page.get_by_role("heading", name="softmax 0 of 12").is_visible()


def test_button_makes_it_dark(opened, axe_findings):
    """What is read then is as easy to read."""
    one = opened(page_of("ada"))
    one.page.get_by_role("button", name="Dark").click()

    assert one.page.evaluate("getComputedStyle(document.body).backgroundColor") != (
        "rgb(255, 255, 255)"
    )
    assert axe_findings(one.page) == []


def test_paper_has_all_of_it(opened):
    """What is folded is printed, and afterwards folded again; buttons are not printed."""
    page = opened(page_of("ada")).page
    assert page.pdf(format="A4").startswith(b"%PDF")

    facts = page.locator(".facts details")
    assert facts.get_attribute("open") is None
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert facts.get_by_text("namespaces").is_visible()
    assert not page.locator("button").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert facts.get_attribute("open") is None


def test_nothing_of_a_student_runs(opened):
    """Neither a script nor a handler nor a link of theirs does anything."""
    one = opened(page_of("hostile"))
    one.page.on("dialog", lambda dialog: one.problems.append(dialog.message))
    one.page.wait_for_timeout(200)

    assert one.problems == []
    assert one.page.locator("a[href^='javascript'], [onload], [onerror], iframe").count() == 0
