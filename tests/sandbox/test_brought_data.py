"""A package that brings a data set lies among the libraries of a box: what student code finds of
it, and what it can do to the data it may see."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from in_boxes import confined, run

SETS = """
import numpy as np
from grader.course.datasets import DatasetSpec, Part, Split

MARK = "hidden-part-mark"

class {name}(DatasetSpec):
    columns = ("a", "b")
    digests = {{"full": DIGESTS}}

    def make(self):
        tests = np.arange(1.5, 41.5, dtype=np.float32).reshape(20, 2)
        return Split.of(Part(tests + 1000, np.arange(20.0)), Part(tests, np.arange(20.0) + 77))
"""
# Outside: the package is installed in a folder of libraries, which the box shows.
INSTALLED = """
import sys
site, prefix, tests, level, code = sys.argv[1:6]
sys.path[:0] = [site]
sys.path.append(tests)
sys.base_prefix = prefix
from pathlib import Path
import in_boxes
from grader.course import datasets
found = datasets.find("Packed")
assert datasets.find("Single").name == "Single"
hidden = found.hidden_examples()[3].tobytes().hex()

def state():
    return {(file, file.stat().st_mode, file.is_file() and file.read_bytes())
            for file in found.public_root.rglob("*")}

before = state()
print(in_boxes.run(level, code, site, hidden, public_data=found.public_root))
print("as before" if state() == before else "BREACH: other data")
"""
# Inside: look into every small file that can be opened, and what is mapped; then write.
ATTACK = """if True:
    import mmap, os, sys
    import numpy as np
    site, hidden = sys.argv[1], bytes.fromhex(sys.argv[2])
    wanted = [hidden, b"hidden-part-" + b"mark"]
    mapped = set()
    try:
        mapped = {line.split()[-1] for line in open("/proc/self/maps") if "/" in line}
    except OSError:  # landlock
        pass
    paths = [os.path.join(f, n) for t in (site, "/box", "/grader", "/tmp", "/home", "/root", "data",
             "/usr/share", "/var", "..") for f, _, ns in os.walk(t, followlinks=False) for n in ns]
    for path in [*paths, *mapped]:
        try:
            if os.path.getsize(path) < 1 << 20:
                content = open(path, "rb").read()
                print(*["BREACH " + path for each in wanted if each in content], end="")
        except OSError:
            pass
    print("sibling", open(site + "/sibling.py").read())
    data = "../data/Packed/train_examples.npy"
    data = data if os.path.exists(data) else "../../../data/Packed/train_examples.npy"
    print(np.load(data)[0].tolist())
    for attempt in (lambda: open(data, "r+b"), lambda: os.remove(data),
                    lambda: os.rename(data, data + "x"), lambda: np.load(data, mmap_mode="r+")):
        try:
            attempt()
            print("BREACH: changed")
        except OSError:
            print("refused")
    try:
        os.chmod(data, 0o777)  # where it seems to work, nothing has changed outside
    except OSError:
        pass
    try:
        import packed
        print("BREACH: imported", packed.__file__, getattr(packed, "MARK", ""))
    except Exception:
        print("not imported")
    """


@confined
def test_a_package_with_a_data_set_is_hidden(level: str, tmp_path: Path, monkeypatch) -> None:
    """Neither its code, compiled or not, nor its files, nor hidden examples are in any file that
    can be opened; a sibling is. The public data cannot be changed."""
    run(level, "")
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "cache"))
    site = tmp_path / "real/lib/python3/site-packages"
    (site / "packed").mkdir(parents=True)
    (site / "shared").mkdir()
    (site / "sibling.py").write_text("x")
    (site / "shared/labels.txt").write_text("hidden-part-mark")
    (site / "packed/labels.txt").write_text("hidden-part-mark")
    _install(site, "packed", "packed/__init__.py", "Packed", "shared/labels.txt")
    _install(site, "single", "single.py", "Single")
    arguments = [site, tmp_path / "real", Path(__file__).parent, level, ATTACK]

    done = subprocess.run(
        [sys.executable, "-c", INSTALLED, *map(str, arguments)], capture_output=True, text=True
    )

    lines = done.stdout.splitlines()
    assert "BREACH" not in done.stdout, done.stdout
    assert lines[:2] == ["sibling x", "[1001.5, 1002.5]"], done.stderr
    assert lines[2:6] == ["refused"] * 4
    assert lines[6] == "not imported"
    assert lines[-1] == "as before"


def _install(site: Path, package: str, file: str, name: str, *others: str) -> None:
    """What pip leaves of a package."""
    (site / file).write_text(SETS.format(name=name).replace("DIGESTS", repr(_digests())))
    about = site / f"{package}-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Name: {package}\nVersion: 1\n")
    (about / "RECORD").write_text("".join(f"{each},,\n" for each in (file, *others)))
    (about / "entry_points.txt").write_text(f"[grader.datasets]\n{name} = {package}:{name}\n")


def _digests() -> dict[str, str]:
    import numpy as np

    from grader.course.datasets import DatasetSpec, Part, Split

    class Same(DatasetSpec):
        columns = ("a", "b")

    tests = np.arange(1.5, 41.5, dtype=np.float32).reshape(20, 2)
    split = Split.of(Part(tests + 1000, np.arange(20.0)), Part(tests, np.arange(20.0) + 77))
    found = Same("same").verified(split)
    return {part: getattr(found, part).sha256 for part in ("train", "public", "hidden")}
