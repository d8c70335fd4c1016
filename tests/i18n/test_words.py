"""Chinese as a second language: nothing is left untranslated, and English stays as it is."""

from __future__ import annotations

import io
import json
import re
import shutil
from collections import Counter
from gettext import GNUTranslations
from pathlib import Path
from string import Formatter

import pytest
from typer.testing import CliRunner

from grader.checking import Mismatch, assert_close, outcomes
from grader.cli.main import app
from grader.cli.options import Language
from grader.course import translation
from grader.course.assignment import available, load
from grader.errors import UsageError
from grader.i18n import words
from grader.i18n.words import _
from grader.sandbox import notes
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


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: str(path.relative_to(ROOT)))
def test_translations_have_the_fields_of_the_sentence(path):
    """A translation says where each value stands, and formats it alike. A formula is none."""
    for message in translation.read(path):
        if "$" not in message.id:
            assert fields(str(message.string)) == fields(str(message.id)), message.id


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: str(path.relative_to(ROOT)))
def test_compiled_catalogue_is_that_of_the_text(path):
    """The .mo file says what the .po file says."""
    with path.with_suffix(".mo").open("rb") as file:
        compiled = GNUTranslations(file)

    for message in translation.read(path):
        if message.id:
            assert compiled.gettext(message.id) == message.string, "run `make messages`"


def test_notes_of_the_box_have_sentences():
    """Each code that the box can send has a sentence, and no sentence is without a code."""
    files = (ROOT / "grader/sandbox").rglob("*.py")
    code = "".join(path.read_text("utf-8") for path in files if path.name != "notes.py")
    sent = {name for name in notes.SENTENCES if f'"{name}"' in code}

    assert set(notes.SENTENCES) - sent == {"in_class", "in_function"} - sent
    with words.speaking("zh"):
        assert notes.sentence(("no_stub", {"name": "net"})) == "`net` 在你的代码中没有定义"
        assert notes.sentence(("said", {"text": "own words"})) == "own words"


def test_check_in_chinese(folder):
    """A half-filled template: status, demand and difference in Chinese."""
    output = grader("check", folder, "--lang", "zh").replace("\n", "")

    assert "13 个小题中有 0 个通过公开检查" in output
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
    out = grader(
        "release", name, "--form", "both", "--to", tmp_path / "zh", "--lang", "zh", "--course", ROOT
    )

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
    shutil.copytree(ROOT / "assignments/helpers", tmp_path / "assignments/helpers")

    out = grader(
        *("release", "softmax_concise", "--to", tmp_path / "zh"),
        *("--lang", "zh", "--course", tmp_path),
    )

    assert "is not translated" in out.replace("\n", " ")
    assert not (tmp_path / "zh").exists()


CHECKS = """
PER_EXAMPLE = N_("one loss per example")

@every_loss
def test_gradient(submission, name, value):
    '''The gradient
    is right.

    Not shown.'''
    assert value, _("the gradient of {name} is {value!r:.60}").format(name=name, value=value)
    assert_close(value, 1, what=f"{name}(X, y)", shape_hint=_(PER_EXAMPLE))
    assert "a text" + " that is no sentence"

def helper():
    '''For the author.'''
    raise Mismatch(_("it is something "
                     "else"))
"""
CHINESE = {
    "one loss per example": "每个样本一个损失",
    "The gradient is right.": "梯度正确。",
    "the gradient of {name} is {value!r:.60}": "{name} 的梯度是 {value!r:.60}",
    "it is something else": "返回值是别的东西",
}


def test_sentences_of_a_check_are_its_demand_and_what_it_marks(tmp_path):
    """In their order in the file, under whatever decorator; other texts are none."""
    path = tmp_path / "test_public.py"
    path.write_text(CHECKS, "utf-8")

    assert translation.of_checks(path) == list(CHINESE)


@pytest.fixture
def author(tmp_path):
    """An author's sentences, in Chinese."""
    po = tmp_path / f"locale/zh/LC_MESSAGES/{NAME}.po"
    po.parent.mkdir(parents=True)
    po.write_text("".join(f'msgid "{a}"\nmsgstr "{b}"\n' for a, b in CHINESE.items()), "utf-8")
    translation.update(po, CHINESE)
    with words.speaking("zh"), words.quoting(NAME, tmp_path, None):
        yield


def raises(error):
    raise error


@pytest.mark.usefixtures("author")
@pytest.mark.parametrize(
    ("check", "chinese"),
    [
        (
            lambda: raises(Mismatch(_("it is something else"), "one loss per example")),
            "返回值是别的东西；one loss per example",
        ),
        (
            lambda: raises(AssertionError(_(list(CHINESE)[2]).format(name="w", value="{name}"))),
            "w 的梯度是 '{name}'",
        ),
        (lambda: assert_close(2, 1, what="the loss"), "值不正确：the loss是 2；应为 1"),
        (
            lambda: assert_close("it is something else", 1, what=_("one loss per example")),
            "每个样本一个损失是 'it is something else'，应为数值",
        ),
    ],
    ids=["mismatch", "assert", "unmarked", "value"],
)
def test_words_of_a_check_are_translated_where_they_are_made(check, chinese):
    """What is marked, once; neither a student's value nor what is not marked."""
    with pytest.raises(AssertionError) as raised:
        check()

    text = outcomes.message(outcomes.judge(raised.value, "visible"), "The gradient is right.")
    assert text == f"梯度正确。结果：{chinese}"


def test_words_of_a_check_are_chinese_in_the_record(tmp_path):
    """From the check of a course to the record, whatever the student's value holds."""
    (tmp_path / "ada.py").write_text("def greet(name):\n    return 'it is {found}'\n", "utf-8")
    course = ROOT / "tests/small_course"

    (ada,) = grade_paths(
        [tmp_path / "ada.py"], assignment="greeting", course=course, data=None, language="zh"
    )

    messages = [check.message for check in ada.record.checks]
    assert any("返回值是 'it is {found}'；" in message for message in messages), messages


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
    with words.speaking("zh"), words.quoting(NAME, ROOT / "tests", None):
        assert _("the gradient") == "the gradient"
        assert _("it") == "返回值"
