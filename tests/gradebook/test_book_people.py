"""Who is who: one person is there once, and two people are never taken for one."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from grader.errors import UsageError
from grader.gradebook.book import open_book
from grader.gradebook.people import name_key
from grader.submissions.uploads import Person
from tests.gradebook.books import GREETING, SOLUTION, keep, scores, upload

HALF = SOLUTION.replace("text.upper()", "text")


@pytest.fixture
def book(place):
    with open_book(place) as opened:
        yield opened


def expected(name: str, *ids: str, email: str = "", section: str = "") -> SimpleNamespace:
    """A line of a roster."""
    return SimpleNamespace(name=name, email=email, ids=ids, section=section)


def put(book, *entries: SimpleNamespace) -> None:
    """Put a roster in."""
    book.put_roster(SimpleNamespace(entries=entries))


def names(book) -> list[str]:
    return [member.name for member in book.members()]


@pytest.mark.parametrize(
    "again",
    [
        Person(id="17"),
        Person("A. Lovelace", "17"),
        Person("LOVELACE, Ada"),
        Person(email="Ada@Example.org"),
        Person("Ada Lovelace", "s001", "ada@example.org"),
    ],
)
def test_person_is_found_by_id_or_email_or_name(book, tmp_path, again):
    """Whatever an export tells, in whatever capitals."""
    keep(book, upload(tmp_path / "a.py", HALF, Person("Ada Lovelace", "17", "ada@example.org")))
    keep(book, upload(tmp_path / "b.py", SOLUTION, again, reader="gradescope"))

    assert list(scores(book).values()) == [[100, 100]]
    assert names(book) == ["Ada Lovelace"]


def test_two_people_of_one_name_stay_two(book, tmp_path):
    """One platform calls them by two ids; whoever is told by the name alone later is neither."""
    one, two = Person("Wang Wei", "1"), Person("Wang Wei", "2")
    keep(book, upload(tmp_path / "a.py", SOLUTION, one), upload(tmp_path / "b.py", HALF, two))
    assert len(book.members()) == 2

    keep(book, upload(tmp_path / "c.py", SOLUTION + "\n# third\n", Person("Wang Wei")))

    assert len(book.members()) == 3
    assert [len(own) for own in book.attempts(GREETING).values()] == [1, 1, 1]


def test_order_of_people_of_one_name_does_not_matter(book, tmp_path):
    """Also where the second one comes in a later run."""
    keep(book, upload(tmp_path / "a.py", SOLUTION, Person("Wang Wei", "1")))
    keep(book, upload(tmp_path / "b.py", HALF, Person("Wang Wei", "2")))
    keep(book, upload(tmp_path / "a.py", SOLUTION, Person("Wang Wei", "1")))

    assert sorted(len(own) for own in book.attempts(GREETING).values()) == [1, 1]


def test_moodle_numbers_people_anew_in_each_assignment(book, tmp_path):
    """Another number in another assignment is no other person."""
    keep(book, upload(tmp_path / "a.py", SOLUTION, Person("Ada", "17"), reader="moodle"))
    with_name = GREETING.__class__(**{**vars(GREETING), "name": "farewell"})
    one = upload(tmp_path / "b.py", HALF, Person("Ada", "99"), reader="moodle")
    keeper = book.keeper(with_name, [one])
    keeper.check_room()

    keep(book, upload(tmp_path / "c.py", HALF, Person("Ada", "18"), reader="moodle"))
    assert len(book.members()) == 2  # in the same assignment it is

    keeper.earlier(one)
    assert book.assignments() == ["farewell", "greeting"]


def test_roster_tells_who_is_missing(book, tmp_path):
    """Who is on it is expected; who is on a newer one no more keeps what is there."""
    keep(book, upload(tmp_path / "a.py", SOLUTION, Person("Ada Lovelace", "17")))
    put(book, expected("Ada Lovelace", "s001", email="a@x.org", section="A"), expected("Bob", "2"))

    ada = book.find("s001")
    assert (ada.ids, ada.email, ada.section) == (("17", "s001"), "a@x.org", "A")
    assert [member.is_expected for member in book.members()] == [True, True]

    put(book, expected("Bob", "2"))

    assert [(each.name, each.is_expected) for each in book.members()] == [
        ("Ada Lovelace", False),
        ("Bob", True),
    ]
    assert scores(book) == {"Ada Lovelace": [100]}


def test_roster_makes_one_person_of_two(book, tmp_path):
    """A line with what two exports call somebody: all attempts and adjustments are theirs."""
    keep(book, upload(tmp_path / "a.py", HALF, Person("alovelace", "alovelace")))
    keep(book, upload(tmp_path / "b.py", SOLUTION, Person("Ada Lovelace", "17"), reader="moodle"))
    book.adjust("greeting", book.find("alovelace"), None, 5, "", "talk", "Grace")
    assert len(book.members()) == 2

    put(book, expected("Ada Lovelace", "alovelace", "s001"))

    (ada,) = book.members()
    assert ada.name == "Ada Lovelace"
    assert scores(book) == {"Ada Lovelace": [100, 100]}
    assert [each.points for each in book.adjustments("greeting")[ada.id]] == [5]


def test_attempts_of_two_who_are_one_are_there_once(book, tmp_path):
    """The same code, first from a folder of files, then from an export: all versions stay."""
    keep(book, upload(tmp_path / "Ada_Lovelace.py", SOLUTION), suite="s0")
    keep(book, upload(tmp_path / "x.py", SOLUTION, Person("", "17")))
    assert len(book.members()) == 2

    put(book, expected("Ada Lovelace", "17"))

    assert scores(book) == {"Ada Lovelace": [100]}
    (attempt,) = book.history(book.find("17")).attempts
    assert [version.number for version in attempt.versions] == [1, 2]


def test_file_that_is_named_like_a_person_is_theirs(book, tmp_path):
    """In whichever order the roster and the files come."""
    keep(book, upload(tmp_path / "ada_lovelace.py"))
    put(book, expected("Ada Lovelace", "1"), expected("Bob Noyce", "2"))
    keep(book, upload(tmp_path / "Bob Noyce.py", HALF))

    assert scores(book) == {"Ada Lovelace": [100], "Bob Noyce": [100]}
    assert len(book.members()) == 2


def test_names_twice_on_a_roster_find_nobody(book, tmp_path):
    """An attempt that is told by such a name alone is nobody's of them."""
    keep(book, upload(tmp_path / "a.py", SOLUTION, Person("Wang Wei", "x"), reader="moodle"))
    put(book, expected("Wang Wei", "1"), expected("Wang Wei", "2"))

    assert len(book.members()) == 3
    assert [member.is_expected for member in book.members()].count(True) == 2


def test_roster_with_another_email_is_the_same_person(book):
    """Where nothing contradicts it, a name is enough."""
    put(book, expected("Ada", email="ada@old.org"))
    put(book, expected("Ada", email="ada@new.org"))

    (ada,) = book.members()
    assert ada.email == "ada@new.org"


def test_person_is_found_by_what_is_typed(book):
    """By a part, too, if only one has it; else the sentence names those who may be meant."""
    put(book, expected("Ada Lovelace", "17"), expected("Adam Ries", "18", email="ries@x.org"))

    assert book.find("ada lovelace").ids == ("17",)
    assert book.find("RIES@x.org").name == "Adam Ries"
    assert book.find("love").name == "Ada Lovelace"
    with pytest.raises(UsageError, match=r"ada may be Ada Lovelace \(17\), Adam Ries"):
        book.find("ada")
    with pytest.raises(UsageError, match="Near is Ada Lovelace"):
        book.find("Ada Lovelase")
    with pytest.raises(UsageError, match="Nobody"):
        book.find("")


def test_hostile_names_are_stored_as_one_line(book, tmp_path):
    """Characters that a database or a terminal does not take are blanks."""
    keep(book, upload(tmp_path / "a.py", SOLUTION, Person("A\x00da\x1b[2J\n", "1")))

    (member,) = book.members()
    assert member.name.isprintable()


@pytest.mark.parametrize(
    "name", ["Lovelace, Ada", "ADA_LOVELACE", " ada  lovelace", "Àda Lovelace"]
)
def test_names_are_equal_however_they_are_written(name):
    """Capitals, accents, blanks and the order about a comma do not matter."""
    assert name_key(name) == "ada lovelace"
