"""JUnit's XML, as Jenkins and most CI services read it: one test suite for each submission."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from grader.checking.results import CheckResult
from grader.grading.scoring import Result
from grader.reports.text import number, one_line, printable

# What the outcome of a check is in JUnit's words.
ELEMENTS = {
    "failed": "failure",
    "missing": "failure",
    "timeout": "error",
    "error": "error",
    "skipped": "skipped",
}


def render(results: Sequence[Result]) -> str:
    """The XML document; a submission without a grade is a suite with one failed case."""
    suites = Element("testsuites", name="grader")
    for result in results:
        suites.append(_suite(result))
    ElementTree.indent(suites)
    text = ElementTree.tostring(suites, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _suite(result: Result) -> Element:
    record, grade = result.record, result.grade
    suite = Element("testsuite", name=one_line(record.submission))
    properties = SubElement(suite, "properties")
    for name, value in (("score", grade.score), ("max_score", grade.max_score)):
        SubElement(properties, "property", name=name, value=number(value))
    if record.status == "graded":
        cases = [_case(record.assignment, check) for check in record.checks]
    else:
        cases = [_ungraded(result)]
    suite.extend(cases)
    found = [problem.tag for case in cases for problem in case]
    suite.attrib |= {
        "tests": str(len(cases)),
        "failures": str(found.count("failure")),
        "errors": str(found.count("error")),
        "skipped": str(found.count("skipped")),
        "time": f"{record.seconds:.3f}",
    }
    return suite


def _case(assignment: str, check: CheckResult) -> Element:
    case = Element(
        "testcase",
        name=check.name,
        classname=f"{assignment}.{check.stub}",
        time=f"{check.seconds:.3f}",
    )
    if check.outcome != "passed":
        _problem(case, ELEMENTS[check.outcome], check.outcome, check.message)
    return case


def _ungraded(result: Result) -> Element:
    record = result.record
    case = Element("testcase", name="submission", classname=record.assignment, time="0")
    element = "error" if record.status == "infrastructure_error" else "failure"
    _problem(case, element, record.status, "\n".join(record.warnings))
    return case


def _problem(case: Element, element: str, kind: str, text: str) -> None:
    first, _, _ = text.partition("\n")
    problem = SubElement(case, element, type=kind, message=one_line(first))
    problem.text = printable(text)
