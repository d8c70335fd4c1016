"""The pages of a class as its instructor and its students open them, in a browser."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from typer.testing import CliRunner

from grader.cli.main import app
from tests.conftest import ROOT
from tests.pages.conftest import PHONE, Opened

CLASS = ("ada.ipynb", "bob.py")  # a notebook and a file, each with mistakes


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Path:
    """The folder of `grade --out --pages` for two submissions of the demonstration."""
    folder = tmp_path_factory.mktemp("class") / "results"
    paths = [str(ROOT / "tests/demonstration" / name) for name in CLASS]
    options = ["--out", str(folder), "--pages", "--data", "embedded", "--course", str(ROOT)]
    done = CliRunner().invoke(app, ["grade", "softmax_regression", *paths, *options])
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def visit(browser: Browser):
    """A function that opens a file without a network: (its path, (width, height))."""
    contexts = []

    def visit(file: Path, size: tuple[int, int] = (1280, 900)) -> Opened:
        width, height = size
        context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
        contexts.append(context)
        one = Opened(context.new_page())
        one.page.on("pageerror", lambda error: one.problems.append(str(error)))
        one.page.on(
            "console",
            lambda said: one.problems.append(said.text) if said.type == "error" else None,
        )
        one.page.goto(file.as_uri())
        return one

    yield visit
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", CLASS)
def test_a_name_leads_to_the_persons_page(results, visit, name):
    """From the page about the class, by its own link; nothing is wrong on either."""
    person = name.partition(".")[0]
    one = visit(results / "class.html")

    one.page.get_by_role("link", name=person, exact=True).first.click()

    expect(one.page).to_have_url(re.compile(rf"/pages/{person}\.html$"))
    expect(one.page.get_by_role("heading", level=1)).to_contain_text(person)
    assert one.problems == []


@pytest.mark.parametrize("page", ["class.html", "pages/ada.html", "pages/bob.html"])
def test_real_pages_are_accessible_and_fit_a_phone(results, visit, axe_findings, page):
    """No finding of axe, and only boxes of their own scroll sideways."""
    one = visit(results / page, PHONE)

    assert axe_findings(one.page) == []
    assert not one.is_too_wide
    assert one.problems == []


@pytest.mark.parametrize("name", CLASS)
def test_hidden_checks_are_absent(results, name):
    """No page of a student names one, and none has what the code printed."""
    person = name.partition(".")[0]
    page = (results / f"pages/{person}.html").read_text("utf-8")
    (fields,) = json.loads((results / f"{person}.json").read_text("utf-8"))

    hidden = [check["name"] for check in fields["checks"] if check["visibility"] == "hidden"]
    assert hidden
    assert [one for one in hidden if one in page or one.partition("[")[0] in page] == []


def test_a_page_has_the_students_own_lines(results):
    """The notebook beside what is said of it, and the file's stub."""
    assert "torch.exp" in re.sub(r"<[^>]*>", "", (results / "pages/ada.html").read_text("utf-8"))
    assert "def cross_entropy" in re.sub(
        r"<[^>]*>", "", (results / "pages/bob.html").read_text("utf-8")
    )


def test_pages_stay_small(results):
    """A student's page is below 500 KB."""
    for page in (results / "pages").glob("*.html"):
        assert page.stat().st_size < 500_000
