"""The grades of everybody in a gradebook."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from grader.gradebook.grades import (
    AssignmentGrade,
    CourseGrade,
    Member,
    assignment_grade,
    course_grade,
)
from grader.gradebook.rules import Policy

if TYPE_CHECKING:
    from grader.course.assignment import Assignment
    from grader.gradebook.book import Gradebook


def assignment_grades(
    book: Gradebook, assignment: Assignment, policy: Policy
) -> list[tuple[Member, AssignmentGrade]]:
    """The grade of everybody who is on the roster or has handed something in; of all people, where
    there is no roster. By name."""
    attempts, adjustments = book.attempts(assignment), book.adjustments(assignment.name)
    members = book.members()
    has_roster = any(member.is_expected for member in members)
    return [
        (
            member,
            assignment_grade(
                assignment.name,
                assignment.max_score,
                attempts.get(member.id, ()),
                adjustments.get(member.id, ()),
                member,
                policy,
            ),
        )
        for member in members
        if member.is_expected or not has_roster or member.id in attempts or member.id in adjustments
    ]


def course_grades(
    book: Gradebook, assignments: Iterable[Assignment], policy: Policy
) -> list[CourseGrade]:
    """The sum of everybody who is on the roster, or has handed in any of these; by name."""
    members: dict[int, Member] = {}
    grades: dict[int, list[AssignmentGrade]] = {}
    for assignment in assignments:
        for member, grade in assignment_grades(book, assignment, policy):
            members[member.id] = member
            grades.setdefault(member.id, []).append(grade)
    ordered = sorted(members.values(), key=lambda member: (member.name.casefold(), member.id))
    return [course_grade(member, grades[member.id], policy) for member in ordered]
