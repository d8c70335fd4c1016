"""Zips: the code in them is read, everything else is a sentence, and nothing is unpacked."""

from __future__ import annotations

import io
import os
import resource
import stat
import struct
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.course.assignment import Stub
from grader.errors import UnreadableSubmission
from grader.submissions import zip_names
from grader.submissions.archive import ENTRY, MAX_FILE, MAX_MEMBERS
from grader.submissions.reading import read

STUBS = [Stub("softmax", 1, (), (), ()), Stub("net", 1, (), (), ())]
CODE = "def softmax(X):\n    return X\n"


def zipped(files, compression=zipfile.ZIP_DEFLATED):
    """The bytes of a zip of {name or ZipInfo: content}."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
def hand_in(tmp_path):
    """Read a zip file of these bytes."""

    def hand_in(data):
        path = tmp_path / "ada.zip"
        path.write_bytes(data)
        return read(path, STUBS)

    return hand_in


def test_zip_is_read_like_a_folder(hand_in):
    """The file with most stubs is the main one; the others can be imported from beside it."""
    files = {"hw/main.py": CODE, "hw/metrics.py": "x = 1\n", "hw/parts/losses.py": "y = 2\n"}

    upload = hand_in(zipped(files | {"hw/data.csv": "1,2", "__MACOSX/hw/._main.py": b"\0"}))

    assert upload.name == "ada"
    assert [name for name, _, _ in upload.cells] == ["hw/main.py"]
    assert sorted(upload.helpers) == ["metrics", "parts", "parts.losses"]


def test_names_that_leave_the_folder_are_labels(hand_in, tmp_path):
    """Only their harmless last parts count, and nothing is written, wherever they lead."""
    files = {
        "../evil.py": "z = 1\n",
        "/tmp/evil.py": "z = 2\n",
        "a/../../evil.py": "z = 3\n",
        "..\\..\\hw.py": CODE,
        "C:\\ada\\x.py": "z = 4\n",
    }
    before = sorted(path.name for path in tmp_path.parent.iterdir())

    upload = hand_in(zipped(files))

    assert [cell.name for cell in upload.cells] == ["hw.py"]
    assert {name for name, cells in upload.helpers.items() if cells} == {
        *("evil", "tmp.evil", "a.evil", "ada.x")
    }
    assert sorted(path.name for path in tmp_path.parent.iterdir()) == before
    assert [path.name for path in tmp_path.iterdir()] == ["ada.zip"]


def test_two_names_of_one_label_are_two_files(hand_in):
    """None takes the place of the other; of a name that is there twice the last counts."""
    data = zipped({"hw.py": "old = 1", "HW.PY": CODE, "../HW.PY": "x = 1"}).replace(
        b"hw.py", b"HW.PY"
    )

    upload = hand_in(data)

    assert [cell.source for cell in upload.cells] == [CODE]
    assert list(upload.helpers) == ["HW-2"]


@pytest.mark.parametrize("name", ["HW1.PY", "hw.py ", "hw.Py"])
def test_endings_are_taken_in_any_case(hand_in, name):
    """As cameras, phones and old systems write them."""
    assert [cell.source for cell in hand_in(zipped({name: CODE})).cells] == [CODE]


# ------------------------------------------------------------------------------ zips in zips


def test_a_zip_in_a_zip_is_part_of_the_submission(hand_in):
    """Its files lie below its path, and import each other."""
    inner = zipped({"hw/main.py": CODE, "hw/metrics.py": "x = 1\n"})

    upload = hand_in(zipped({"Notes.txt": "", "done.ZIP": inner}))

    assert [cell.name for cell in upload.cells] == ["done.ZIP/hw/main.py"]
    assert list(upload.helpers) == ["metrics"]


def test_a_broken_zip_in_a_zip_is_a_note(hand_in):
    """What lies beside it is graded."""
    upload = hand_in(zipped({"hw.py": CODE, "old.zip": b"PK no zip"}))

    assert [cell.name for cell in upload.cells] == ["hw.py"]
    assert [note for note in upload.warnings if note.startswith("old.zip is no zip file")]


def test_zips_in_zips_end(hand_in):
    """However deep they go, and whatever they unpack to, the bounds are those of one zip."""
    data = zipped({"hw.py": CODE})
    for _ in range(6):
        data = zipped({"inner.zip": data})
    with pytest.raises(UnreadableSubmission, match="is a zip in 3 other zips"):
        hand_in(data)

    bomb = zipped({f"{n}.py": b"#" * MAX_FILE for n in range(2)})
    with pytest.raises(UnreadableSubmission, match="unpacks to more than 64 MB"):
        hand_in(zipped({f"{n}.zip": bomb for n in range(4)}))

    many = zipped({f"{n}.txt": "" for n in range(MAX_MEMBERS // 2)})
    found = hand_in(zipped({"hw.py": CODE, "a.zip": many, "b.zip": many}))
    assert [note for note in found.warnings if "more than 10,000 files" in note]


def test_archives_of_other_kinds_say_what_to_do(tmp_path, hand_in):
    """Alone, and beside what can be read."""
    (tmp_path / "hw.tar.gz").write_bytes(b"\x1f\x8b")
    with pytest.raises(UnreadableSubmission, match=r"hw\.tar\.gz is an archive of another kind"):
        read(tmp_path / "hw.tar.gz", [])

    upload = hand_in(zipped({"hw.py": CODE, "rest.RAR": b"Rar!"}))
    assert [note for note in upload.warnings if note.startswith("rest.RAR is an archive of")]


# ------------------------------------------------------------------------------ names


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("gbk", ["学生甲_作业1.ipynb", "hw.py"]),
        ("gbk", ["李明.py"]),
        ("gbk", ["陳大文.py", "王小明.py"]),
        ("shift_jis", ["学生A_課題1.ipynb", "田中太郎.py"]),
        ("shift_jis", ["レポート.py"]),
        ("big5", ["林志玲.py"]),
        ("cp437", ["Müller.py", "Jörg.py", "Weiß.py", "José.py"]),
        ("cp850", ["João.py", "Søren Ørsted.py"]),
        ("cp1252", ["Élodie.py", "José.py"]),
        ("utf-8", ["김철수.py", "é.py", "Иванов.py"]),
    ],
)
def test_names_are_read_in_the_encoding_that_fits_all(encoding, names):
    """A zip that does not say in which encoding its names are was made on one system."""
    infos = [zipfile.ZipInfo(name.encode(encoding).decode("cp437")) for name in names]

    assert zip_names.names(infos) == names


def test_the_unicode_field_of_a_member_counts_if_it_fits():
    """Info-ZIP writes it; one that belongs to another name is older than a renaming."""
    raw = "Привет.py".encode("cp866")
    for checksum, name in ((zlib.crc32(raw), "Привет.py"), (1, raw.decode("cp437"))):
        info = zipfile.ZipInfo(raw.decode("cp437"))
        field = struct.pack("<BI", 1, checksum) + "Привет.py".encode()
        info.extra = struct.pack("<HH", 0x7075, len(field)) + field
        assert zip_names.names([info]) == [name]


def test_links_in_a_zip_are_not_followed(hand_in):
    """A member that is a link to a file of the grader's machine is not that file."""
    link = zipfile.ZipInfo("hw.py")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16

    with pytest.raises(UnreadableSubmission, match=r"hw\.py is a link"):
        hand_in(zipped({link: "/etc/passwd"}))


UNREADABLE = {
    "text": (b"not a zip", "is no zip file"),
    "empty": (b"", "is no zip file"),
    "cut off": (zipped({"hw.py": CODE})[:-30], "is no zip file"),
    "no code": (zipped({"notes.txt": "x"}), r"there is no \.py or \.ipynb file"),
    "no files": (zipped({}), r"there is no \.py or \.ipynb file"),
    "lzma": (zipped({"hw.py": CODE}, zipfile.ZIP_LZMA), "compressed in an unusual way"),
    "bzip2": (zipped({"hw.py": CODE}, zipfile.ZIP_BZIP2), "compressed in an unusual way"),
    "other bytes": (
        zipped({"hw.py": CODE}, zipfile.ZIP_STORED).replace(b"return", b"retern"),
        "is damaged",
    ),
    "too many files": (ENTRY * (MAX_MEMBERS + 1), "more than 10,000 files"),
    "NUL bytes": (zipped({"hw.py": b"\0" * 100}), "NUL bytes"),
}


# A zip holds the time at which it was made: its bytes must not become the name of a test.
@pytest.mark.parametrize(("data", "sentence"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_a_sentence(hand_in, data, sentence):
    """Damaged, encrypted or odd archives are refused in words."""
    with pytest.raises(UnreadableSubmission, match=sentence):
        hand_in(data)


def test_encrypted_zip_is_a_sentence(hand_in):
    """The flag of encryption in a member's description is enough."""
    data = bytearray(zipped({"hw.py": CODE}))
    data[data.index(ENTRY) + 8] |= 1

    with pytest.raises(UnreadableSubmission, match="without a password"):
        hand_in(bytes(data))


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"hw.py": b"#" * (MAX_FILE + 1)}, "has more than 20 MB"),
        ({f"{n}.py": b"#" * MAX_FILE for n in range(8)}, "unpacks to more than 64 MB"),
        ({f"{n}.py": b"#" * (MAX_FILE + 1) for n in range(8)}, "unpacks to more than 64 MB"),
    ],
    ids=["one file", "all files", "files that are refused"],
)
def test_compression_bomb_is_a_sentence(hand_in, files, sentence):
    """What unpacks to more than its bound is not unpacked further."""
    data = zipped(files)
    assert len(data) < 1 << 20
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(UnreadableSubmission, match=sentence):
        hand_in(data)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 << 10  # kilobytes


def test_damaged_members_count_as_well(hand_in):
    """What comes out of a member before it turns out to be damaged is not free."""
    data = zipped({f"{n}.py": b"#" * MAX_FILE for n in range(8)})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():  # the sum is checked when all bytes have come out
            data = data.replace(info.CRC.to_bytes(4, "little"), b"\1\2\3\4")

    with pytest.raises(UnreadableSubmission, match="unpacks to more than 64 MB"):
        hand_in(data)


def test_backslashes_separate_folders(hand_in):
    """As some programs of Windows write them."""
    upload = hand_in(zipped({"hw\\main.py": CODE, "hw\\metrics.py": "x = 1\n"}))

    assert [cell.name for cell in upload.cells] == ["hw/main.py"]
    assert list(upload.helpers) == ["metrics"]


def test_large_zip_is_not_even_opened(tmp_path):
    """A zip of 200 MB says what to do."""
    path = tmp_path / "ada.zip"
    with path.open("wb") as file:
        os.truncate(file.fileno(), 200_000_000)

    with pytest.raises(UnreadableSubmission, match="200 MB; the limit is 64 MB"):
        read(path, STUBS)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(
    changes=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=8),
    cut=st.integers(0, 400),
)
def test_any_bytes_are_a_submission_or_a_sentence(tmp_path_factory, changes, cut):
    """A zip with any bytes changed or cut off never raises anything else."""
    data = bytearray(zipped({"hw.py": CODE, "m.py": "x = 1\n"}))
    for place, value in changes:
        data[place % len(data)] = value
    path = tmp_path_factory.mktemp("zip") / "ada.zip"
    path.write_bytes(bytes(data[: len(data) - cut]) if cut % 3 == 0 else bytes(data))
    sentence = ""
    try:
        cells = read(path, STUBS).cells
    except UnreadableSubmission as error:
        cells, sentence = [], str(error)
    assert cells or len(sentence) > 10
