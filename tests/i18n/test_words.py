"""Chinese as a second language: nothing is left untranslated, and English stays as it is."""

from __future__ import annotations

import io
import json
import re
import shutil
from collections import Counter
from dataclasses import replace
from gettext import GNUTranslations
from pathlib import Path
from string import Formatter

import pytest
from typer.testing import CliRunner

from grader.checking import Mismatch, assert_close
from grader.checking.outcomes import judge
from grader.cli.main import app
from grader.cli.options import Language
from grader.course import translation
from grader.course.assignment import available, load
from grader.errors import UsageError
from grader.i18n import words
from grader.sandbox import said
from grader.student.notebook import check_namespace
from tests.conftest import ROOT, grade_paths

NAME = "softmax_regression"
CATALOGUES = sorted(
    path
    for folder in ("grader", "assignments", "solutions", "tests/small_course")
    for path in (ROOT / folder).rglob("LC_MESSAGES/*.po")
)
TRANSLATED = sorted({path.stem for path in CATALOGUES} & set(available(ROOT)))
WRONG_DIMENSION = "def softmax(X):\n    return X.exp() / X.exp().sum(0, keepdim=True)\n"


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """What a student has, with a softmax that sums the wrong way and nothing else."""
    for variable in words.VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    shutil.copytree(ROOT / "assignments" / NAME, tmp_path / NAME)
    (tmp_path / NAME / f"{NAME}.ipynb").unlink()
    template = (tmp_path / NAME / f"{NAME}.py").read_text("utf-8")
    (tmp_path / NAME / f"{NAME}.py").write_text(f"{template}\n{WRONG_DIMENSION}", "utf-8")
    return tmp_path / NAME


def grader(*arguments: object) -> str:
    return CliRunner().invoke(app, list(map(str, arguments))).output


def sentences(path: Path) -> list[str]:
    """What the catalogue at this place has to translate."""
    name = path.stem
    if name == "grader":
        return translation.of_grader()
    folder = path.parents[3]
    assignment = load(name, folder.parents[1])
    part = {"assignments": translation.of_public_part, "solutions": translation.of_private_part}
    return part[folder.parent.name](assignment)


def fields(text: str) -> Counter[tuple[str, str | None, str | None]]:
    return Counter((name, form, how) for _, name, form, how in Formatter().parse(text) if name)


def test_languages_are_those_that_have_catalogues():
    """--lang offers what there is."""
    assert [language.value for language in Language] == words.languages()


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_sentence_is_translated(path):
    """A catalogue has the sentences of its texts, each with a translation, and no others."""
    catalogue = translation.read(path)

    ours = {message.id: message.string for message in catalogue if message.id}
    assert set(ours) == set(sentences(path)), "run `make messages`"
    assert [sentence for sentence, translated in ours.items() if not translated] == []


def test_translations_have_the_fields_of_the_sentence():
    """A translation says where each value stands, and formats it alike."""
    catalogue = translation.read(words.LOCALE / "zh" / "LC_MESSAGES" / "grader.po")

    for message in catalogue:
        assert fields(str(message.string)) == fields(str(message.id)), message.id


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: str(path.relative_to(ROOT)))
def test_translations_have_the_places_of_the_f_string(path):
    """Each value of an author's message stands in its translation, once."""
    for message in translation.read(path):
        places = [Counter(words.PLACE.findall(str(text))) for text in (message.id, message.string)]
        assert places[0] == places[1], message.id


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: str(path.relative_to(ROOT)))
def test_compiled_catalogue_is_that_of_the_text(path):
    """The .mo file says what the .po file says."""
    with path.with_suffix(".mo").open("rb") as file:
        compiled = GNUTranslations(file)

    for message in translation.read(path):
        if message.id:
            assert compiled.gettext(message.id) == message.string, "run `make messages`"


def test_sentences_of_the_box_are_those_of_its_code():
    """Each sentence that is recognised is one that the code in the box can say."""
    box = "".join(
        path.read_text("utf-8") for path in (ROOT / "grader/sandbox/inside").glob("[blw]*.py")
    )
    template = (ROOT / "grader/course/templates.py").read_text("utf-8")

    for sentence in said.SENTENCES:
        longest = max(re.split(r"\{\w+\}", sentence.removeprefix("{place}: ")), key=len)
        assert longest in box + template, sentence


def test_sentences_of_the_box_are_translated():
    """With their names; what is not known stays."""
    with words.speaking("zh"):
        assert said.translated("`net` is not defined in the submission") == (
            "`net` 在你的代码中没有定义"
        )
        assert said.translated("own words") == "own words"
    missing = "softmax: your code is still missing"
    assert said.translated(missing) == missing


def test_check_in_chinese(folder):
    """A half-filled template: status, demand and difference in Chinese."""
    output = grader("check", folder, "--lang", "zh").replace("\n", "")

    assert "11 个小题中有 0 个通过公开检查" in output
    assert "✗ softmax            不正确" in output
    assert "下一步：softmax" in output
    assert "softmax([[1, 2], [3, 3]]) 等于" in output
    assert "4 个值中有 4 个不正确：返回值是 [[" in output
    assert not re.search(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}", output)


@pytest.mark.parametrize(
    ("environment", "arguments", "expected"),
    [
        ({"LANG": "zh_CN.UTF-8"}, [], "错误："),
        ({"LANG": "zh_CN.UTF-8"}, ["--lang", "en"], "error:"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, [], "error:"),
        ({"LANGUAGE": "fr:zh:en", "LANG": "C"}, [], "错误："),
        ({"LANG": "en_GB.UTF-8"}, [], "error:"),
        ({}, [], "error:"),
    ],
)
def test_environment_chooses_the_language_of_a_check(
    folder, monkeypatch, environment, arguments, expected
):
    """As for other programs; --lang comes first."""
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)

    assert grader("check", folder / "none.py", *arguments).startswith(expected)


def test_unknown_language_is_wrong_usage(folder):
    """The error lists the languages, on the command line and in a notebook."""
    done = CliRunner().invoke(app, ["check", str(folder), "--lang", "fr"])

    assert done.exit_code == 2
    assert "'en', 'zh'" in done.output
    with pytest.raises(UsageError, match="choose one of en, zh"), words.speaking("fr"):
        pass
    assert "choose one of en, zh" in repr(check_namespace({}, None, "fr"))


def test_record_in_chinese(tmp_path):
    """Demand, difference and known mistake are Chinese, and the language is stated."""
    wrong, empty = tmp_path / "ada.py", tmp_path / "empty.py"
    wrong.write_text(f"import torch\n\n\n{WRONG_DIMENSION}", "utf-8")
    empty.write_text("", "utf-8")

    ada, nobody = grade_paths([wrong, empty], language="zh")

    messages = [check.message for check in ada.record.checks if check.outcome == "failed"]
    named = [message for message in messages if message.startswith("求和是沿列（dim 0）进行的。")]
    assert "softmax 按行计算，适用于任意的行数和类别数。结果：" in "".join(named)
    assert "`net` 在你的代码中没有定义" in {check.message for check in ada.record.checks}
    assert nobody.record.warnings[0].startswith("empty.py 是空的。")
    assert ada.record.environment["language"] == "zh"


def test_another_language_is_graded_again(tmp_path):
    """A record of another language does not hold."""
    paths = [ROOT / "tests/small_course/solutions/greeting/solution.py", "--out", tmp_path]
    command = ["grade", "greeting", *paths, "--course", ROOT / "tests/small_course"]
    for lang in ("en", "zh"):
        grader(*command, "--lang", lang)

        assert f'"language": "{lang}"' in (tmp_path / "solution.json").read_text("utf-8")


@pytest.mark.parametrize("name", TRANSLATED)
def test_release_in_chinese(name, tmp_path):
    """The prose of README and template is Chinese; the code is that of the English template."""
    out = grader("release", name, "--to", tmp_path / "zh", "--lang", "zh", "--course", ROOT)

    assert f"{name}/{name}.ipynb" in out.replace("\n", "")
    english = (ROOT / "assignments" / name / f"{name}.py").read_text("utf-8")
    chinese = (tmp_path / "zh" / name / f"{name}.py").read_text("utf-8")
    assert re.search("^# # .*[\u4e00-\u9fff]", chinese, re.MULTILINE)
    assert code(chinese) == code(english)
    notebook = json.loads((tmp_path / "zh" / name / f"{name}.ipynb").read_text("utf-8"))
    prose = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "markdown"]
    assert all(re.search("[\u4e00-\u9fff]|^## \\d+", cell) for cell in prose)
    assert "## 要写什么\n" in (tmp_path / "zh" / name / "README.md").read_text("utf-8")


def code(template: str) -> list[str]:
    """The cells of code of a py:percent text."""
    cells = re.split(r"^# %%", template, flags=re.MULTILINE)
    return [cell for cell in cells if not cell.startswith(" [markdown]")]


def test_release_of_what_is_not_translated(tmp_path):
    """An error that says what is missing, not an English release."""
    for part in ("assignments", "solutions"):
        source = ROOT / part / "softmax_concise"
        shutil.copytree(source, tmp_path / part / source.name, ignore=lambda *_: ["locale"])

    out = grader(
        *("release", "softmax_concise", "--to", tmp_path / "zh"),
        *("--lang", "zh", "--course", tmp_path),
    )

    assert "is not translated" in out.replace("\n", " ")
    assert not (tmp_path / "zh").exists()


def test_demand_of_a_check_is_found_under_any_decorator(tmp_path):
    """A stub may be marked by a decorator of the file's own, as for several losses at once."""
    path = tmp_path / "test_hidden.py"
    path.write_text('@every_loss\ndef test_loss(x):\n    """The loss is right."""\n', "utf-8")

    assert list(translation.of_checks(path)) == ["The loss is right."]


CHECKS = """
def test_gradient(submission, name, value):
    '''The gradient is right.'''
    assert value, f"the gradient of {name} is {value!r:.60}, expected {1}"
    assert_close(value, 1, what=f"the gradient of {name}")
    raise Mismatch(f"{name} now is {value}", f"expected {name}")
    assert value, f"the set {{0}} is no set {name}{value}"
    run(what=f"{name}(X, y)", key=f"{name}.weight", code=f"{name}[{value}, 1]")
    raise Mismatch("the norm")
"""
CHINESE = {
    "The gradient is right.": "梯度正确。",
    "the gradient of {0} is {1}, expected {2}": "{0} 的梯度应为 {2}，而不是 {1}",
    "the gradient of {0}": "{0} 的梯度",
    "{0} now is {1}": "{0}现在是 {1}",
    "expected {0}": "应为 {0}",
    "the set {0} is no set {1}": "集合 {0} 不是集合 {1}",
    "the norm": "范数",
}


@pytest.fixture
def author(tmp_path):
    """An author's f-strings, in Chinese."""
    (tmp_path / "test_public.py").write_text(CHECKS, "utf-8")
    found = list(translation.of_checks(tmp_path / "test_public.py"))
    assert sorted(found) == sorted(CHINESE)
    po = tmp_path / f"locale/zh/LC_MESSAGES/{NAME}.po"
    po.parent.mkdir(parents=True)
    po.write_text("".join(f'msgid "{a}"\nmsgstr "{b}"\n' for a, b in CHINESE.items()), "utf-8")
    translation.update(po, found)
    with words.speaking("zh"), words.quoting(replace(load(NAME, ROOT), public=tmp_path)):
        yield


@pytest.mark.usefixtures("author")
@pytest.mark.parametrize(
    ("finished", "chinese"),
    [
        ("the gradient of w is [1, 2], expected 3", "w 的梯度应为 3，而不是 [1, 2]"),
        ("the norm now is 3", "范数现在是 3"),
        ("the gradient of w now is 3", "w 的梯度现在是 3"),
        ("w now is {0} and {value} {", "w现在是 {0} and {value} {"),
        ("w now is 'x now is y'", "w现在是 'x now is y'"),
        ("w now is x\ny", "w现在是 x\ny"),
        ("the set {0} is no set w3", "集合 {0} 不是集合 w3"),
        ("the loss of w is 3", "the loss of w is 3"),
        ("so the gradient of w", "so the gradient of w"),
    ],
)
def test_f_string_of_a_check_is_shown_in_chinese(finished, chinese):
    """With its values as they are, and names among them translated; English without a template."""
    assert words._(finished) == chinese


@pytest.mark.usefixtures("author")
@pytest.mark.parametrize("part", ["the gradient of ", " is ", ", expected ", " now"])
def test_long_text_that_resembles_f_strings_stays_english(part):
    """However often the words of a template stand in it: nothing is tried twice."""
    text = f"so {part * 200_000}"

    assert words._(text) == text


def raises(error):
    raise error


@pytest.mark.usefixtures("author")
@pytest.mark.parametrize(
    ("check", "chinese"),
    [
        (lambda: raises(Mismatch("w now is 2", "expected b")), "w现在是 2；应为 b"),
        (lambda: raises(AssertionError("w now is 2")), "w现在是 2"),
        (lambda: assert_close(2, 1, what="the gradient of w"), "值不正确：w 的梯度是 2；应为 1"),
        (
            lambda: assert_close("w now is 2", 1, what="the gradient of w"),
            "w 的梯度是 'w now is 2'，应为数值",
        ),
    ],
    ids=["mismatch", "assert", "what", "value"],
)
def test_message_of_a_check_is_translated_once(check, chinese):
    """In whichever way an f-string becomes a message; a student's value is none."""
    with pytest.raises(AssertionError) as raised:
        check()

    _, message = judge(raised.value, "The gradient is right.", "visible")
    assert message == f"梯度正确。结果：{chinese}"


def test_f_string_of_a_check_is_chinese_in_the_record(tmp_path):
    """From the check of a course to the record, whatever the student's value holds."""
    (tmp_path / "ada.py").write_text("def greet(name):\n    return 'it is {0}'\n", "utf-8")
    course = ROOT / "tests/small_course"

    (ada,) = grade_paths(
        [tmp_path / "ada.py"], assignment="greeting", course=course, data=None, language="zh"
    )

    messages = [check.message for check in ada.record.checks]
    assert any("返回值是 'it is {0}'；" in message for message in messages), messages


def test_new_sentences_keep_the_old_translations(tmp_path):
    """`make messages` adds what is new, drops what is gone and keeps the rest."""
    po = tmp_path / "zh/LC_MESSAGES/x.po"
    po.parent.mkdir(parents=True)
    po.write_text('msgid "old"\nmsgstr "旧"\n\nmsgid "gone"\nmsgstr "无"\n', "utf-8")

    translation.update(po, ["new", "old"])

    assert {m.id: m.string for m in translation.read(po) if m.id} == {"new": "", "old": "旧"}
    compiled = GNUTranslations(io.BytesIO(po.with_suffix(".mo").read_bytes()))
    assert [compiled.gettext(text) for text in ("old", "new")] == ["旧", "new"]


def test_author_without_catalogue_stays_english():
    """The grader's own words are Chinese all the same."""
    assignment = replace(load(NAME, ROOT), public=ROOT / "tests", private=None)

    with words.speaking("zh"), words.quoting(assignment):
        assert words._("the gradient") == "the gradient"
        assert words._("it") == "返回值"
