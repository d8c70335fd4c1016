"""How long the report of a large class takes to make and to open.

    python benchmarks/class_page.py [--people N] [--stubs N] [--chromium PROGRAM]

Prints the processor seconds to make the page, its size, and what headless Chromium needs to open
it, to sort its people and to search among them: until the page has been drawn again.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from pathlib import Path

from grader.checking.results import CheckResult
from grader.grading.records import DatasetUsed, Record
from grader.grading.scoring import Grade, Result, StubGrade
from grader.reports.pages import class_page
from grader.reports.pages.work import Work

CHECKS = 5  # of a stub
DRAWN = "new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"


def checks_of(stub: str, chance: random.Random) -> list[CheckResult]:
    """Those of a stub that three of four people have right; most others make a known mistake."""
    is_right = chance.random() < 0.75
    known = f"{stub}_known_mistake_{chance.randint(0, 3)}" if chance.random() < 0.6 else None
    found = []
    for number in range(CHECKS):
        outcome = "passed" if is_right or number < 2 else "failed"
        sentence = f"The sum runs down the columns: sum over dim 1, case {known}."
        is_named = outcome == "failed" and known
        answer = None if outcome == "passed" or known else f"{stub} {chance.randint(0, 9)}"
        found.append(
            CheckResult(
                name=f"test_{stub}_case[{number}]",
                stub=stub,
                tier="unit",
                visibility="hidden" if number else "visible",
                weight=1.0,
                gate=False,
                outcome=outcome,
                message="" if outcome == "passed" else sentence,
                misconception=known if is_named else None,
                seconds=0.1,
                answer=answer,
            )
        )
    return found


def work(number: int, stubs: int, chance: random.Random) -> Work:
    """One person of the class."""
    name = f"Student Number {chance.randint(0, 10**6):06}-{number}"
    checks, grades = [], []
    for place in range(stubs):
        stub = f"stub_of_some_name_{place}"
        own = checks_of(stub, chance)
        passed = sum(check.outcome == "passed" for check in own)
        status = "passed" if passed == CHECKS else "failed"
        checks += own
        grades.append(StubGrade(stub, 2.0 * passed, 2.0 * CHECKS, status))
    record = Record(
        submission=name,
        assignment="large",
        status="graded",
        isolation="namespaces",
        device="cpu",
        dataset=DatasetUsed("FashionMNIST", "embedded", "86f6"),
        checks=checks,
        warnings=[],
        output="",
        seconds=chance.uniform(2, 60),
        environment={},
        digests={"code": name},
        path=f"submissions/{name}/softmax_regression.ipynb",
    )
    grade = Grade(sum(stub.points for stub in grades), 2.0 * CHECKS * stubs, grades)
    return Work(name, Result(record, grade))


def time_in_browser(file: Path, program: str) -> None:
    """Print what a browser needs for the page."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--disable-gpu"], chromium_sandbox=False
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(file.as_uri())
        page.evaluate(DRAWN)
        loaded = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
        print(f"DOMContentLoaded: {page.evaluate(loaded) / 1000:.2f} s")
        print(f"opened and drawn: {page.evaluate('performance.now()') / 1000:.2f} s")
        steps = {
            "sorted by points": "document.querySelectorAll('#people-table button')[1].click()",
            "sorted by names": "document.querySelectorAll('#people-table button')[0].click()",
            "searched": "document.getElementById('search').value = '99';"
            "document.getElementById('filter').dispatchEvent(new Event('input'))",
        }
        for what, step in steps.items():
            timed = f"(async () => {{ const t = performance.now(); {step}; await {DRAWN}; "
            print(f"{what}: {page.evaluate(timed + 'return performance.now() - t; })()'):.0f} ms")
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--people", type=int, default=3000)
    parser.add_argument("--stubs", type=int, default=13)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    options = parser.parse_args()
    chance = random.Random(1)
    works = [work(number, options.stubs, chance) for number in range(options.people)]
    links = {each.person: f"pages/{each.person}.html" for each in works}
    started = time.process_time()
    html = class_page.render("A large class", works, links)
    print(
        f"{options.people} people, made in {time.process_time() - started:.2f} s of processor time"
    )
    print(f"{len(html.encode()) / 2**20:.2f} MiB")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "class.html")
        file.write_text(html, "utf-8")
        time_in_browser(file, options.chromium)


if __name__ == "__main__":
    main()
