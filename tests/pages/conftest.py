"""A browser for the tests of pages: Chromium, where it is installed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "GRADER_CHROMIUM"  # where the program is, if it is not on PATH
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
DESK, PHONE, SMALL_PHONE = (1280, 900), (390, 844), (360, 640)  # width and height in pixels


@dataclass
class Opened:
    """A page that is open in the browser. problems: errors that it has told so far."""

    page: Page
    problems: list[str] = field(default_factory=list)

    @property
    def is_too_wide(self) -> bool:
        """Whether the page as a whole scrolls sideways."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"))


# Playwright keeps an event loop for as long as it runs, so it ends with the tests of this folder.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    program = os.environ.get(CHROMIUM) or next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip(f"Chromium is not installed here: apt install chromium, or set {CHROMIUM}")
    with sync_playwright() as playwright:
        # Root has no sandbox of Chromium's; the pages are our own.
        found = playwright.chromium.launch(
            executable_path=program, args=QUIET, chromium_sandbox=os.geteuid() != 0
        )
        yield found
        found.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path):
    """A function that opens HTML as a file: (its text, (width, height), "light" or "dark")."""
    contexts = []

    def open_page(html: str, size: tuple[int, int] = DESK, scheme: str = "light") -> Opened:
        file = tmp_path / "page.html"
        file.write_text(html, "utf-8")
        width, height = size
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, offline=True
        )
        contexts.append(context)
        one = Opened(context.new_page())
        one.page.on("pageerror", lambda error: one.problems.append(str(error)))
        one.page.on(
            "console",
            lambda said: (
                one.problems.append(said.text) if said.type in ("error", "warning") else None
            ),
        )
        one.page.goto(file.as_uri())
        return one

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def axe_findings():
    """A function that asks axe-core for what breaks WCAG 2.2 A or AA in a page: "rule: element"."""
    from axe_playwright_python.sync_playwright import Axe

    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

    def findings(page: Page) -> list[str]:
        answer = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}})
        return [
            f"{one['id']}: {node['html'][:200]}"
            for one in answer.response["violations"]
            for node in one["nodes"]
        ]

    return findings
