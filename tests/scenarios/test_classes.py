"""Classes and odd files as they come from a learning platform, graded by the command."""

from __future__ import annotations

import io
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

WORKED = (Path(__file__).parent / "honest/script_with_a_second_ending/submission.py.txt").read_text(
    "utf-8"
)
HALVES = WORKED[: WORKED.index("def kl_")], "import torch\n" + WORKED[WORKED.index("def kl_") :]
POOR = WORKED[: WORKED.index("def cross_entropy(")]  # two stubs of six, 30 points
STUBS = ["sigmoid(z)", "entropy(p)", "cross_entropy(p, q)", "kl_divergence(p, q)"]
UNTOUCHED = "import torch\n" + "".join(
    f"def {stub}:\n    # YOUR CODE HERE\n    raise NotImplementedError({stub!r})\n"
    for stub in [*STUBS, "cross_entropy_from_logits(logits, y)", "accuracy_gradient(w, X, y)"]
)


def notebook(source: str) -> bytes:
    """A notebook with one cell."""
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": source}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4}).encode()


def zipped(files: dict[str, bytes]) -> bytes:
    """The bytes of a zip of files by their names."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return file.getvalue()


def zipped_in_gbk(files: dict[str, bytes]) -> bytes:
    """The same with names in GBK and without the mark of UTF-8, as Windows in China writes it."""
    plain = {name: f"{index:0{len(name.encode('gbk'))}}" for index, name in enumerate(files)}
    content = zipped({plain[name]: content for name, content in files.items()})
    for name, placeholder in plain.items():
        content = content.replace(placeholder.encode(), name.encode("gbk"))
    return content


def student(letter: str, kind: str = "file") -> str:
    """A name as Moodle writes it."""
    return f"Student {letter}_{ord(letter)}_assignsubmission_{kind}_"


RIGHT = notebook(WORKED)
HANDOUT = {
    "logistic_regression/logistic_regression.py": UNTOUCHED.encode(),
    "logistic_regression/logistic_regression.ipynb": RIGHT,
}
CLASSES: dict[str, dict[str, bytes]] = {
    "moodle": {
        f"{student('A')}/hw.ipynb": RIGHT,
        f"{student('B')}/hw.zip": zipped({"hw.ipynb": RIGHT}),
        f"{student('C')}/hw (1).ipynb": notebook(UNTOUCHED),
        f"{student('C')}/hw.ipynb": RIGHT,
        f"{student('D', 'onlinetext')}/onlinetext.html": b"<p>later</p>",
        f"{student('E')}/HW.IPYNB": RIGHT,
        f"{student('F')}/logistic_regression.ipynb": notebook(UNTOUCHED),
        f"{student('F')}/logistic_regression.py": WORKED.encode(),
        f"{student('G')}/part1.ipynb": notebook(HALVES[0]),
        f"{student('G')}/part2.ipynb": notebook(HALVES[1]),
        f"{student('Ä')}/hausübung 1.py": WORKED.encode(),
    },
    "late": {"aaa.ipynb": RIGHT, "bbb.py": POOR.encode(), "ccc.pdf": b"%PDF-1.4"},
    "poor": {"aaa.py": POOR.encode(), "bbb.py": POOR.encode(), "ccc.py": b"import torch\n"},
    "parts": {"HW1_part1.ipynb": notebook(HALVES[0]), "HW1_part2.ipynb": notebook(HALVES[1])},
}
ZIPS: dict[str, bytes] = {
    "flat": zipped(
        {
            f"{student('A')}hw.ipynb": RIGHT,
            f"{student('B')}hw.zip": zipped({"hw.ipynb": RIGHT}),
            f"{student('C')}report.pdf": b"%PDF",
            f"{student('C')}hw.ipynb": RIGHT,
            f"{student('D')}logistic_regression.zip": zipped(HANDOUT),
        }
    ),
    "late_zip": zipped(
        {
            f"{student('A')}/hw.ipynb": RIGHT,
            f"{student('B')}/hw.py": POOR.encode(),
            f"{student('C')}/hw.docx": b"x",
        }
    ),
    "gbk": zipped_in_gbk(
        {
            "学生甲_作业1.ipynb": RIGHT,
            "学生乙_作业1.ipynb": RIGHT,
            "学生丙_作业一.py": WORKED.encode(),
        }
    ),
    "beside_template": zipped(
        {"hw.ipynb": notebook(UNTOUCHED), "done.zip": zipped({"hw.ipynb": RIGHT})}
    ),
    "upper_case": zipped({"HW1.IPYNB": RIGHT}),
    "handout": zipped(HANDOUT),
    "parent_names": zipped({"..\\..\\hw.ipynb": RIGHT}),
}
VENV = {f"venv/lib/pkg/m{index:03}.py": b"def f():\n    return 1\n" for index in range(150)}
CLASSES["with_venv"] = {"src/hw.py": WORKED.encode(), **VENV}


def write(folder: Path, files: dict[str, bytes]) -> Path:
    """Write files by their names below a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def grade(
    *arguments: object, encoding: str = "utf-8", before: str = ""
) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own; `before` are commands of a private mount namespace."""
    # Nothing of these programs attacks, and this level starts in every namespace.
    options = ["--course", ROOT, "--data", "embedded", "--isolation", "process"]
    command = [sys.executable, "-m", "grader", "grade", "logistic_regression", *arguments, *options]
    with tempfile.TemporaryDirectory() as folder:
        words = [*map(str, command), "--db", f"{folder}/book.sqlite"]
        if before:
            words = ["unshare", "-rm", "sh", "-ec", f"{before}; exec {shlex.join(words)}"]
        return subprocess.run(
            words,
            env=os.environ | {"PYTHONIOENCODING": encoding},
            capture_output=True,
            text=True,
            encoding=encoding,
            errors="replace",
            timeout=300,
            check=False,
        )


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    """The results of every class and zip by its name: one run of the command over all."""
    top = tmp_path_factory.mktemp("classes")
    # Each in places of its own: side by side they would be those of single people.
    paths = [write(top / name / "export" / name, files) for name, files in CLASSES.items()]
    for name, content in ZIPS.items():
        write(top / name / "export", {f"{name}.zip": content})
        paths.append(top / name / "export" / f"{name}.zip")
    links = write(
        top / "links" / "export" / "links",
        dict.fromkeys(["good.py", "other.py", "closed/hw.py"], WORKED.encode()) | {"empty.py": b""},
    )
    (links / "link.py").symlink_to("good.py")
    (links / "dangling.ipynb").symlink_to("/nonexistent")
    (links / "loop").symlink_to(".")
    os.mkfifo(links / "pipe.py")
    paths.append(links)
    done = grade(*paths, "--json", top / "results.json", "--jobs", 2)
    assert done.returncode == 0, done.stderr
    found: dict[str, list] = {path.relative_to(top).parts[0]: [] for path in paths}
    for result in json.loads((top / "results.json").read_text("utf-8")):
        found[Path(result["path"]).relative_to(top).parts[0]].append(result)
    return found


def scores(results: list[dict]) -> list[float]:
    """The points of each, in order."""
    return sorted(result["score"] for result in results)


def said(results: list[dict]) -> str:
    """The warnings of all of them."""
    return "\n".join(warning for result in results for warning in result["warnings"])


@pytest.mark.xdist_group("classes")
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("moodle", [0, *[100] * 7]),
        ("late", [0, 30, 100]),
        ("late_zip", [0, 30, 100]),
        ("poor", [0, 30, 30]),
        ("gbk", [100, 100, 100]),
        ("parts", [100]),
        ("beside_template", [100]),
        ("upper_case", [100]),
        ("handout", [100]),
        ("with_venv", [100]),
    ],
)
def test_every_student_has_a_record(records, name, expected):
    """No student vanishes, none is there twice, and right work has all points."""
    assert scores(records[name]) == expected, said(records[name])


@pytest.mark.xdist_group("classes")
def test_files_without_folders_are_told_apart(records):
    """Four students in one flat zip; a report beside a notebook is no empty file."""
    assert scores(records["flat"])[-4:] == [100] * 4
    assert "is empty" not in said(records["flat"])


@pytest.mark.xdist_group("classes")
def test_chinese_names_of_a_zip_are_kept(records):
    """Names in GBK without a mark are read as such."""
    assert {result["submission"][:3] for result in records["gbk"]} == {
        "学生甲",
        "学生乙",
        "学生丙",
    }


@pytest.mark.xdist_group("classes")
def test_names_that_leave_the_zip_are_read_or_explained(records):
    """A name that climbs out of the folder is no reason to say that there is no notebook."""
    if scores(records["parent_names"]) != [100]:
        assert "there is no" not in said(records["parent_names"])
        assert "hw.ipynb" in said(records["parent_names"])


@pytest.mark.xdist_group("classes")
def test_links_pipes_and_empty_files_have_a_record(records):
    """Each under its own name; a link to a folder is not followed."""
    by_name = {result["submission"]: result for result in records["links"]}

    assert sorted(by_name) == [
        "closed",
        "dangling",
        "empty",
        "good",
        "link",
        "loop",
        "other",
        "pipe",
    ]
    right = {name for name, result in by_name.items() if result["score"] == 100}
    assert {"closed", "good", "other"} <= right
    assert by_name["loop"]["status"] == "unreadable"


@pytest.mark.xdist_group("classes")
def test_space_after_the_ending_is_no_reason_to_refuse(tmp_path):
    """A notebook whose name ends in a space is graded, or the reason says how to name it."""
    file = tmp_path / "hw.ipynb "
    file.write_bytes(RIGHT)

    done = grade(file, "--json", "-")

    (result,) = json.loads(done.stdout)
    assert result["score"] == 100 or "is neither" not in said([result])


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_odd_names_on_a_narrow_terminal(tmp_path, encoding):
    """What the terminal cannot write is replaced; no traceback, and the exit code is right."""
    names = [
        "[bold]x",
        "$(touch_x)",
        "::error::x",
        "a[1]",
        "-rf",
        "x.y.z",
        "grades",
        "100%_done",
        "a|b",
        "`code`",
        "=1+1",
    ]
    names += ["tab\there", "new\nline", "trailing ", "quote'\"x", "<b>&amp;", "L" * 240]
    names += [
        "名字 作业",
        "Jose\u0301",
        "José",
        "🚀 rocket",
        os.fsdecode(b"latin\xe9"),
        "Ada",
        "ada",
    ]
    files = [tmp_path / f"{name}.py" for name in names]
    for file in files:
        file.touch()
    files[0].write_text(WORKED.replace("sigmoid(z):", "sigmoid（z）：", 1), "utf-8")

    done = grade(*files, encoding=encoding)

    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "?" in done.stdout
    assert done.stdout.count("rocket") > 0


def unshare_works() -> bool:
    """Whether a file system can be mounted in a namespace of one's own."""
    words = ["unshare", "-rm", "sh", "-c", "mount -t tmpfs none /mnt"]
    return (
        bool(shutil.which("unshare")) and not subprocess.run(words, capture_output=True).returncode
    )


@pytest.mark.skipif(not unshare_works(), reason="nothing can be mounted here")
def test_full_disk_is_named(tmp_path):
    """Where results do not fit, the message names the file or its folder."""
    files = [write(tmp_path / f"s{index}", {"hw.py": POOR.encode()}) for index in range(12)]
    out = tmp_path / "out"
    out.mkdir()
    mount = f"mount -t tmpfs -o size=32k none {out}"

    done = grade(*(file / "hw.py" for file in files), "--out", out, before=mount)

    assert done.returncode in (2, 3)
    assert str(out) in "".join(done.stderr.split())
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not unshare_works(), reason="nothing can be mounted here")
def test_zip_on_a_read_only_share(tmp_path):
    """The zip of a class is graded where nothing can be written beside it, or the message says
    what to do."""
    share = write(
        tmp_path / "share",
        {
            "class.zip": zipped(
                {f"{student('A')}/my solution.ipynb": RIGHT, f"{student('B')}/hw.ipynb": RIGHT}
            )
        },
    )
    results = tmp_path / "results.json"
    mount = f"mount --bind {share} {share}; mount -o remount,bind,ro {share}"

    done = grade(share / "class.zip", "--json", results, before=mount)

    if done.returncode == 0:
        assert scores(json.loads(results.read_text("utf-8"))) == [100, 100]
    else:
        assert done.returncode == 2
        assert "--" in done.stderr or "unpack it" in done.stderr.lower()
