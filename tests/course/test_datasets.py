"""The promises of grader.course.datasets: the right data, checked once, and split."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import lzma
import os
import shutil
import subprocess
import sys
import urllib.error
from pathlib import Path

import numpy as np
import pytest

from grader.course import datasets
from grader.course.datasets import find, find_first, find_used, idx
from grader.course.datasets.idx import FILES, MNIST, FashionMNIST, write_idx
from grader.errors import DatasetError
from grader.sandbox.inside.data import TEST, load_split, read_idx
from tests.conftest import ROOT

NAME = "FashionMNIST"
SHIPPED = FashionMNIST.embedded
PACKAGE = FashionMNIST.system
DIGESTS = FashionMNIST.digests


@pytest.fixture(autouse=True)
def clean_surroundings(monkeypatch, tmp_path):
    """Each test has an empty cache and no settings of the person who runs it."""
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("GRADER_OFFLINE", "1")
    monkeypatch.delenv("GRADER_DATA", raising=False)
    yield
    shutil.rmtree(tmp_path)  # pytest would keep the images of three runs


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """What tests that change nothing share: the best set on this machine, and the embedded one."""
    cache = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as settings:
        settings.setenv("GRADER_CACHE", str(cache))
        settings.delenv("GRADER_DATA", raising=False)
        sets = {"best": find(NAME), "embedded": find(NAME, Path("embedded"))}
    yield sets
    shutil.rmtree(cache)


@pytest.fixture(scope="session")
def contents():
    """The four files of the embedded subset, unpacked."""
    return {file: lzma.decompress((SHIPPED / f"{file}.xz").read_bytes()) for file in FILES}


@pytest.fixture
def plain_files(contents, tmp_path):
    """A folder with the embedded subset that needs no unpacking, which saves time."""
    return put_files(tmp_path / "mine", contents)


@pytest.fixture
def no_package(monkeypatch):
    """A machine without the system package."""
    monkeypatch.setattr(FashionMNIST, "system", None)


@pytest.fixture
def small_full_set(monkeypatch, no_package):
    """The embedded files play the full set, so that every place can be tried quickly."""
    monkeypatch.setattr(FashionMNIST, "digests", {"full": DIGESTS["embedded"]})


def put_files(folder: Path, contents: dict[str, bytes], packed: str = "") -> Path:
    """Lay the embedded files into `folder`, plain or packed."""
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in contents.items():
        if packed == ".xz":
            shutil.copy(SHIPPED / f"{file}.xz", folder)
        else:
            data = gzip.compress(content, 1) if packed else content
            (folder / f"{file}{packed}").write_bytes(data)
    return folder


def files_of(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


# --- What find returns


def test_the_installed_package_is_found_else_the_embedded_subset(prepared):
    """Without any setting, the Debian package is used, or else the subset in this package."""
    dataset = prepared["best"]

    images, labels = load_split(dataset.public_root, NAME, "train")
    if PACKAGE.is_dir():
        assert dataset.variant == "full"
        assert dataset.source == f"Debian package dataset-fashion-mnist ({PACKAGE})"
        assert images.shape == (60_000, 28, 28)
        # The first 32 test labels, as Fashion-MNIST's own files have them.
        first = "9 2 1 1 6 1 4 6 5 7 4 5 7 3 4 1 2 4 8 0 2 5 7 9 1 4 6 0 9 3 8 8"
        shown = load_split(dataset.public_root, NAME, "test")[1]
        assert " ".join(map(str, shown[:32])) == first
    else:
        assert dataset.variant == "embedded"
        assert images.shape == (10_000, 28, 28)
    assert np.bincount(labels).tolist() == [len(labels) // 10] * 10


@pytest.mark.parametrize("which", ["best", "embedded"])
def test_the_public_fifth_and_the_hidden_rest_make_the_whole_test_set(prepared, which):
    """Students see the first fifth of the test set, the grader keeps the others, none is lost."""
    dataset = prepared[which]

    folder, end = (PACKAGE, "gz") if dataset.variant == "full" else (SHIPPED, "xz")
    images, labels = (read_idx(folder / f"{file}.{end}") for file in TEST)
    public_images, public_labels = load_split(dataset.public_root, NAME, "test")
    assert len(public_labels) == len(labels) // 5
    assert np.array_equal(np.concatenate([public_images, dataset.hidden_examples()]), images)
    assert np.array_equal(np.concatenate([public_labels, dataset.hidden_labels()]), labels)
    assert dataset.hidden_examples().dtype == np.uint8
    assert dataset.hidden_labels().dtype == np.int64


def test_the_public_root_holds_nothing_but_the_four_public_files(prepared):
    """What a sandbox mounts has no other file, and no symbolic link out of it."""
    dataset = prepared["best"]

    assert files_of(dataset.public_root) == {f"{NAME}/raw/{file}" for file in FILES}
    assert not any(path.is_symlink() for path in dataset.public_root.rglob("*"))
    assert dataset.public_root not in dataset.private_root.parents


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_others_may_read_the_public_half_only(plain_files, umask):
    """Another user reads all of public_root and nothing of private_root, whatever the umask."""
    before = os.umask(umask)
    try:
        dataset = find(NAME, plain_files)
    finally:
        os.umask(before)

    public = [dataset.public_root, *dataset.public_root.rglob("*")]
    assert {path.stat().st_mode & 0o777 for path in public if path.is_dir()} == {0o755}
    assert {path.stat().st_mode & 0o777 for path in public if path.is_file()} == {0o644}
    above = [dataset.public_root.parents[i] for i in range(3)]  # up to the cache
    assert {path.stat().st_mode & 0o777 for path in above} == {0o755}
    assert dataset.private_root.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in dataset.private_root.iterdir()} == {0o600}


TORCHVISION = """
import json, socket, sys, torch
def no_network(*_):
    raise AssertionError("torchvision asked the network")
socket.socket.connect = socket.getaddrinfo = no_network
try:
    import torchvision
except RuntimeError:  # built for CUDA, beside a torch for CPUs: two operators are missing
    for operator in ("nms", "qnms"):
        schema = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
        torch.library.define(f"torchvision::{operator}", schema)
    import torchvision
for train in (True, False):
    data = torchvision.datasets.FashionMNIST(root=sys.argv[1], train=train, download=True)
    print(json.dumps([len(data), data[7][1], int(data.data.sum()), data.targets[:32].tolist()]))
"""


def test_torchvision_reads_the_public_root_without_a_network(prepared):
    """Unchanged course code, FashionMNIST(root, download=True), finds the prepared files."""
    dataset = prepared["best"]

    command = [sys.executable, "-c", TORCHVISION, str(dataset.public_root)]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    for split, line in zip(("train", "test"), output.splitlines(), strict=True):
        images, labels = load_split(dataset.public_root, NAME, split)
        assert json.loads(line) == [
            len(labels),
            labels[7],
            images.sum(dtype=np.int64),
            labels[:32].tolist(),
        ]


def test_the_digest_is_that_of_the_list_of_digests(prepared):
    """Dataset.sha256 can be checked by hand: it is the sha256 of sha256sum's own output."""
    dataset = prepared["embedded"]

    listed = (SHIPPED / "SHA256SUMS").read_bytes()
    assert dataset.sha256 == hashlib.sha256(listed).hexdigest()


# --- Where find looks


@pytest.mark.parametrize(
    ("below", "packed"), [(".", ".gz"), ("raw", ""), (NAME, ".xz"), (f"{NAME}/raw", ".gz")]
)
def test_a_given_folder_may_hold_the_files_in_any_usual_form(tmp_path, contents, below, packed):
    """Plain, .gz or .xz, in the folder itself or where torchvision and others put them."""
    put_files(tmp_path / "mine" / below, contents, packed)

    dataset = find(NAME, tmp_path / "mine")

    assert dataset.source == f"files in {tmp_path / 'mine'}"
    assert dataset.variant == "embedded"
    assert len(dataset.hidden_labels()) == 1_600


def test_a_given_folder_without_the_data_set_is_an_error(tmp_path):
    """--data with a wrong folder is told at once: what was expected, and where."""
    with pytest.raises(DatasetError) as caught:
        find(NAME, tmp_path)

    assert all(word in str(caught.value) for word in (NAME, str(tmp_path), *FILES, ".gz"))


def test_the_folder_of_the_environment_comes_first(small_full_set, monkeypatch, plain_files):
    """GRADER_DATA is preferred to the cache and to the system package."""
    package = shutil.copytree(plain_files, plain_files.with_name("package"))
    monkeypatch.setattr(FashionMNIST, "system", package)
    from_package = find(NAME)
    monkeypatch.setenv("GRADER_DATA", str(plain_files))

    assert from_package.source == f"Debian package dataset-package ({package})"
    assert find(NAME).source == f"files in {plain_files}"


def test_an_environment_folder_with_other_data_is_passed_over(no_package, monkeypatch, tmp_path):
    """GRADER_DATA may hold MNIST only: then FashionMNIST is looked for in the next place."""
    (tmp_path / "MNIST" / "raw").mkdir(parents=True)
    monkeypatch.setenv("GRADER_DATA", str(tmp_path))

    assert find(NAME).variant == "embedded"


def test_the_files_of_another_data_set_are_not_taken_for_damaged_ones(monkeypatch, plain_files):
    """Data sets share their file names; the folder of another one just does not hold this one."""
    monkeypatch.setattr(MNIST, "digests", {"full": DIGESTS["embedded"]})

    with pytest.raises(DatasetError, match=f"^There is no {NAME} in "):
        find(NAME, plain_files)


def test_the_cache_serves_when_the_source_is_gone(small_full_set, plain_files):
    """A full set prepared once is used later without its source, and its origin is still told."""
    first = find(NAME, plain_files)
    shutil.rmtree(plain_files)

    assert find(NAME) == first


def test_the_embedded_subset_in_the_cache_does_not_hide_a_full_set():
    """Having used the embedded subset once changes nothing for later calls."""
    find(NAME, Path("embedded"))

    assert find(NAME).variant == ("full" if PACKAGE.is_dir() else "embedded")


def test_mnist_without_any_source_says_what_to_do():
    """There is no embedded MNIST: the error names the files and the two settings."""
    with pytest.raises(DatasetError) as caught:
        find("MNIST")

    assert all(word in str(caught.value) for word in ("MNIST/raw", "--data", "GRADER_DATA"))


def test_an_unknown_name_lists_the_known_ones():
    """A misspelt data set in an assignment is told with the right names."""
    with pytest.raises(DatasetError, match=r"'FashionMINST'; did you mean 'FashionMNIST'"):
        find("FashionMINST")


def test_the_data_set_of_a_record_is_found_without_a_download(no_package, plain_files, monkeypatch):
    """Where it lies already; another variant is not taken for it, and damage is passed over."""
    monkeypatch.delenv("GRADER_OFFLINE")
    monkeypatch.setattr(idx, "urlopen", None)
    assert find_used(NAME, "full") is None
    assert find_used("Unknown", "full") is None
    assert find_used(NAME, "unknown") is None
    damaged = put_files(plain_files.parent / "other", dict.fromkeys(FILES, b"broken"))
    monkeypatch.setenv("GRADER_DATA", str(damaged))
    assert find_used(NAME, "embedded").variant == "embedded"


def test_public_examples_are_those_that_torchvision_reads(prepared):
    """By their place in the public test split, with the names of their classes."""
    dataset = prepared["embedded"]
    images, labels = load_split(dataset.public_root, NAME, "test")

    assert (dataset.public_examples() == images).all()
    assert (dataset.public_labels() == labels).all()
    assert len(dataset.classes) == 10
    assert dataset.classes[9] == "ankle boot"


@pytest.mark.parametrize("names", [("MNIST", NAME), (NAME, "MNIST"), (NAME,)])
def test_the_first_of_several_data_sets_that_is_here_is_found(no_package, names):
    """Where the first one is nowhere to be had, the next one serves."""
    assert find_first(names, Path("embedded")).name == NAME
    assert find_first(names).variant == "embedded"


def test_of_several_data_sets_a_damaged_one_is_named(plain_files):
    """A first data set that is here, but broken, is not passed over in silence."""
    folder = put_files(plain_files.parent / "other" / "MNIST", dict.fromkeys(FILES, b"broken"))

    with pytest.raises(DatasetError, match=r"t.*-ubyte is not the one of MNIST"):
        find_first(("MNIST", NAME), folder.parent)


def test_without_any_of_several_data_sets_all_are_named(tmp_path):
    """The sentence says which ones would do."""
    with pytest.raises(DatasetError, match="There is no MNIST or FashionMNIST in"):
        find_first(("MNIST", NAME), tmp_path)


# --- The download


@pytest.fixture
def online(monkeypatch):
    """The network is allowed; return the addresses asked."""
    monkeypatch.delenv("GRADER_OFFLINE")
    asked: list[str] = []

    def answer_with(reply):
        def urlopen(address, timeout):
            asked.append(address)
            assert timeout <= 5
            return reply(address)

        monkeypatch.setattr(idx, "urlopen", urlopen)
        return asked

    return answer_with


def test_a_download_is_verified_and_kept(small_full_set, online, contents):
    """With a network, torchvision's mirror is asked once, and then the cache serves."""

    def mirror(address):
        file = address.rpartition("/")[2].removesuffix(".gz")
        return io.BytesIO(gzip.compress(contents[file], 1))

    asked = online(mirror)

    assert find(NAME).source == f"download from {FashionMNIST.mirror}"
    assert find(NAME).variant == "full"
    assert len(asked) == 4


def refuse(_):
    raise urllib.error.URLError("no route to host")


def stall(_):
    raise TimeoutError("timed out")


def log_in_page(_):
    return io.BytesIO(b"<html>Please log in to this network</html>")


@pytest.mark.parametrize("reply", [refuse, stall, log_in_page])
def test_a_failed_download_falls_through(no_package, online, reply):
    """No network, a slow one or a log-in page: the embedded subset is used, without an error."""
    asked = online(reply)

    assert find(NAME).variant == "embedded"
    assert asked


def test_no_download_offline(no_package, online, monkeypatch):
    """GRADER_OFFLINE forbids the network."""
    asked = online(refuse)
    monkeypatch.setenv("GRADER_OFFLINE", "1")

    assert find(NAME).variant == "embedded"
    assert not asked


# --- Damage


def test_a_wrong_checksum_names_the_file(plain_files):
    """A changed file is told by its name, even in a folder that was right before."""
    find(NAME, plain_files)
    content = bytearray((plain_files / FILES[1]).read_bytes())
    content[-1] ^= 1
    (plain_files / FILES[1]).write_bytes(content)

    with pytest.raises(DatasetError) as caught:
        find(NAME, plain_files)

    assert str(plain_files / FILES[1]) in str(caught.value)
    assert DIGESTS["embedded"][FILES[1]] in str(caught.value)
    assert "fresh copy" in str(caught.value)


@pytest.mark.parametrize("packed", ["", ".gz", ".xz"])
def test_a_file_cut_short_names_the_file(tmp_path, contents, packed):
    """An interrupted copy is told by its name, with a sentence and no error of the unpacker."""
    file = put_files(tmp_path / "mine", contents, packed) / f"{FILES[2]}{packed}"
    file.write_bytes(file.read_bytes()[:1000])

    with pytest.raises(DatasetError, match=rf"{FILES[2]}.*fresh copy"):
        find(NAME, tmp_path / "mine")


@pytest.mark.parametrize(
    "damage",
    ["cut", "missing", "header", "a folder", "origin", "origin text", "origin list", "origin {}"],
)
def test_a_damaged_cache_is_made_again(plain_files, damage):
    """A file of the cache that is cut, lost or something else is replaced; the rest stays."""
    dataset = find(NAME, plain_files)
    right = dataset.private_root / "examples.npy", dataset.public_root / NAME / "raw" / FILES[0]
    content = [path.read_bytes() for path in right]
    origin = dataset.public_root.parent / "origin.json"
    if damage == "cut":
        right[0].write_bytes(content[0][:-1])
    elif damage == "missing":
        shutil.rmtree(dataset.private_root)
    elif damage == "header":
        right[1].write_bytes(bytes(len(content[1])))
    elif damage == "a folder":
        right[0].unlink()
        right[0].mkdir()
    elif damage == "origin":
        origin.unlink()
    else:
        texts = {"origin text": "{", "origin list": "[1]", "origin {}": '{"stamp": []}'}
        origin.write_text(texts[damage])

    assert find(NAME, plain_files) == dataset
    assert [path.read_bytes() for path in right] == content
    assert dataset.private_root.stat().st_mode & 0o077 == 0 or sys.platform == "win32"


@pytest.mark.parametrize("text", ["{", "[1]", "3", '{"stamp": []}', '{"source": 1, "stamp": []}'])
def test_a_damaged_origin_is_no_data_set(small_full_set, plain_files, text):
    """Also where the cache is asked before all other places: these are asked, then it is whole."""
    find(NAME, plain_files)
    (origin,) = Path(os.environ["GRADER_CACHE"]).rglob("origin.json")
    origin.write_text(text)

    assert find(NAME).source == "subset embedded in the grader package"
    assert find(NAME).source == "subset embedded in the grader package"
    assert json.loads(origin.read_text())["source"] == "subset embedded in the grader package"


def test_a_second_find_reads_no_source_file(small_full_set, monkeypatch, plain_files):
    """The cost of unpacking and of checksums is paid once, not at every start."""
    first = find(NAME, plain_files), find(NAME)

    monkeypatch.setattr(datasets, "unpacked", lambda path: pytest.fail(f"{path} was read"))

    assert (find(NAME, plain_files), find(NAME)) == first


def test_processes_that_prepare_at_once_all_succeed():
    """Several graders may start on an empty cache; each gets the whole data set."""
    code = (
        "from pathlib import Path; from grader.course.datasets import find; "
        "from grader.sandbox.inside.data import load_split; "
        "d = find('FashionMNIST', Path('embedded')); "
        "print(len(load_split(d.public_root, d.name, 'train')[1]), len(d.hidden_labels()))"
    )
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code]
    processes = [
        subprocess.Popen(command, env=surroundings, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]

    assert [process.communicate()[0] for process in processes] == ["10000 1600\n"] * 4
    cache = Path(os.environ["GRADER_CACHE"], "datasets")
    assert len(files_of(cache)) == 7  # four public, two private, the origin: nothing is left over


def test_a_cache_that_cannot_be_written_names_the_setting(monkeypatch, tmp_path):
    """A read-only home ends in a sentence about GRADER_CACHE."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "file" / "cache"))

    with pytest.raises(DatasetError, match="GRADER_CACHE"):
        find(NAME, Path("embedded"))


# --- The embedded subset


def test_the_embedded_subset_is_what_its_papers_say():
    """The shipped files are small, listed in SHA256SUMS, and come with their licence."""
    sums = [line.split() for line in (SHIPPED / "SHA256SUMS").read_text().splitlines()]

    assert sums == [[digest, file] for file, digest in DIGESTS["embedded"].items()]
    assert "2017 Zalando SE" in (SHIPPED / "LICENSE").read_text()
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < 5_000_000


def test_the_embedded_subset_is_stratified_and_shuffled(prepared):
    """All classes have equal parts of the whole, and roughly equal ones of every prefix."""
    dataset = prepared["embedded"]
    train = load_split(dataset.public_root, NAME, "train")[1]
    test = load_split(dataset.public_root, NAME, "test")[1]

    assert np.bincount(train).tolist() == [1_000] * 10
    assert np.bincount(np.append(test, dataset.hidden_labels())).tolist() == [200] * 10
    for prefix in (test, *(train[:n] for n in range(400, 10_000, 400))):
        share = np.bincount(prefix, minlength=10) / len(prefix)
        assert share.min() > 0.06
        assert share.max() < 0.14


def test_the_embedded_images_are_images_of_the_full_set(prepared):
    """No image was changed: each with its label occurs in the full set, in the same split."""
    embedded, best = prepared["embedded"], prepared["best"]

    for split in ("train", "test"):
        some, all_ = (
            {(image.tobytes(), int(label)) for image, label in zip(*pair, strict=True)}
            for pair in (whole(embedded, split), whole(best, split))
        )
        assert some <= all_


def whole(dataset, split):
    """A split with its hidden part."""
    images, labels = load_split(dataset.public_root, NAME, split)
    if split == "train":
        return images, labels
    return (
        np.concatenate([images, dataset.hidden_examples()]),
        np.concatenate([labels, dataset.hidden_labels()]),
    )


# --- The reading half


def test_the_reading_half_needs_only_numpy(prepared):
    """The module works beside student code, where the rest of the grader is not there."""
    dataset = prepared["embedded"]
    code = (
        "import sys; from pathlib import Path; from grader.sandbox.inside import data; "
        f"root = Path({str(dataset.public_root)!r}); "
        f"print(data.load_split(root, {NAME!r}, 'test')[0].shape, "
        "{'platformdirs', 'torch', 'torchvision'} & set(sys.modules)"
        " | {name for name in sys.modules if name.startswith('grader.')"
        " and not name.startswith('grader.sandbox.inside') and name != 'grader.sandbox'})"
    )

    output = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True)

    assert output.stdout == "(400, 28, 28) set()\n", output.stderr


def test_load_split_returns_bytes_and_whole_numbers_to_work_with(prepared):
    """Images are uint8 and labels int64, both writable, as torch.from_numpy wants them."""
    images, labels = load_split(prepared["embedded"].public_root, NAME, "train")

    assert (images.dtype, labels.dtype) == (np.uint8, np.int64)
    assert images.flags.writeable
    assert labels.flags.writeable
    assert (labels.min(), labels.max()) == (0, 9)


def test_load_split_refuses_an_unknown_split_and_files_that_do_not_fit(tmp_path):
    """A misspelt split is a KeyError, images without their labels are a ValueError."""
    raw = tmp_path / NAME / "raw"
    raw.mkdir(parents=True)
    write_idx(raw / TEST[0], np.zeros((3, 28, 28), np.uint8))
    write_idx(raw / TEST[1], np.zeros(2, np.uint8))

    with pytest.raises(KeyError, match="valid"):
        load_split(tmp_path, NAME, "valid")
    with pytest.raises(ValueError, match="do not fit"):
        load_split(tmp_path, NAME, "test")


@pytest.mark.parametrize("shape", [(0,), (5,), (2, 3), (4, 28, 28), (1, 0, 7)])
def test_idx_files_are_read_as_they_were_written(tmp_path, shape):
    """Reading gives back the array, plain or packed."""
    array = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    plain = tmp_path / "some-ubyte"
    write_idx(plain, array)
    (tmp_path / "some-ubyte.gz").write_bytes(gzip.compress(plain.read_bytes()))
    (tmp_path / "some-ubyte.xz").write_bytes(lzma.compress(plain.read_bytes()))

    for path in tmp_path.glob("some-*"):
        assert read_idx(path).shape == shape
        assert np.array_equal(read_idx(path), array)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\0\x08",
        b"\0\0\x08\0",  # no dimensions
        b"\0\0\x08\1\0\0",  # ends in the header
        b"\0\0\x0d\1\0\0\0\1\0\0\0\0",  # floats
        b"\1\0\x08\1\0\0\0\1\0",  # another magic number
        b"\0\0\x08\1\0\0\0\2\0",  # a byte too few
        b"\0\0\x08\1\0\0\0\2\0\0\0",  # a byte too many
        b"\0\0\x08\3" + b"\xff" * 12,  # announces 2**96 bytes
        b"<html>not found</html>",
    ],
)
def test_what_is_no_idx_file_is_refused(tmp_path, content):
    """Anything but the right magic, type and exact length is a ValueError that names the file."""
    (tmp_path / "file").write_bytes(content)

    with pytest.raises(ValueError, match="file"):
        read_idx(tmp_path / "file")


@pytest.mark.parametrize("array", [np.zeros(3), np.zeros(3, np.int64), np.uint8(3)])
def test_only_arrays_of_bytes_are_written(tmp_path, array):
    """Writing another type would not be read back; it is refused and no file appears."""
    with pytest.raises(ValueError, match="uint8"):
        write_idx(tmp_path / "file", np.asarray(array))

    assert not (tmp_path / "file").exists()
