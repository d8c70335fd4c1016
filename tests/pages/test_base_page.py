"""What all pages have: a policy, light and dark, room on a phone."""

from __future__ import annotations

import pytest
from jinja2 import ChoiceLoader, DictLoader

from grader.reports.pages import look
from tests.pages.conftest import SMALL_PHONE

TEMPLATE = """{% extends "base.html" %}
{% block title %}{{ text }}{% endblock %}
{% block header %}<h1>{{ text }}</h1>{% endblock %}
{% block content %}
<p>{{ text }}</p><details><summary>More</summary>{{ text }}</details>
{% endblock %}
"""


@pytest.fixture
def page(monkeypatch):
    """A function that makes a page that says a text."""
    environment = look.environment.__wrapped__()
    environment.loader = ChoiceLoader([DictLoader({"test.html": TEMPLATE}), environment.loader])
    monkeypatch.setattr(look, "environment", lambda: environment)
    return lambda text: look.page("test.html", [], [], text=text)


def test_a_value_is_text_in_a_page(page):
    """It neither opens a tag nor steers a terminal."""
    html = page("<script>alert(1)</script>\x1b[2J\u202e")

    assert "&lt;script&gt;alert(1)&lt;/script&gt;\N{REPLACEMENT CHARACTER}[2J\ufffd" in html
    assert html.count("<script") == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_is_accessible_and_runs_its_script_only(page, opened, axe_findings, scheme):
    """No finding of axe, no error in the console, and the policy forbids every other script."""
    one = opened(page("text"), scheme=scheme)

    assert axe_findings(one.page) == []
    assert one.problems == []
    one.page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), "
        "{textContent: 'window.ran = true'}))"
    )
    assert one.page.evaluate("window.ran") is None


def test_button_changes_between_light_and_dark(page, opened):
    """The first press is the other one than the system's, the second is back."""
    one = opened(page("text"), scheme="dark")
    button = one.page.get_by_role("button", name="Dark")
    paper = "getComputedStyle(document.body).backgroundColor"
    dark = one.page.evaluate(paper)
    assert button.get_attribute("aria-pressed") == "true"

    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    assert one.page.evaluate(paper) == "rgb(255, 255, 255)"

    button.click()
    assert one.page.evaluate(paper) == dark


def test_a_page_fits_a_small_phone(page, opened):
    """A long word is broken."""
    assert not opened(page("x" * 300), SMALL_PHONE).is_too_wide
