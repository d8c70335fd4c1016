"""How long the pages of a class take, from its results to the zip, and how large they are.

    python benchmarks/report.py [--people N] [--course DIR]

The demonstration class is graded once (on the embedded data), and its submissions are handed in by
N people through Moodle, each with a line of their own. Prints pages for each second of the
processor, and sizes. Up to 300 programs are compared, too.
"""

from __future__ import annotations

import argparse
import io
import itertools
import tempfile
import time
from contextlib import redirect_stderr
from pathlib import Path

import msgspec
from rich.console import Console

from grader.cli.report import source_of, write_pages
from grader.cli.works import Maker
from grader.course import assignment as assignments
from grader.grading.batch import grade_all
from grader.grading.results_folder import Store
from grader.grading.settings import Settings
from grader.submissions.reading import read
from grader.submissions.uploads import Origin, Person, Upload

ROOT = Path(__file__).resolve().parents[1]
NAME = "softmax_regression"


def a_class(folder: Path, people: int, course: Path) -> Path:
    """Results of so many people in a folder, and what they handed in beside it."""
    assignment = assignments.load(NAME, course)
    paths = sorted((ROOT / "tests/demonstration").iterdir())
    settings = Settings("cpu", "auto", Path("embedded"), "en")
    quiet = Console(file=io.StringIO())
    graded = grade_all(course, NAME, [*map(Upload, paths)], settings, [], quiet)
    store = Store(folder / "results", NAME)
    for number, (path, result) in zip(range(people), itertools.cycle(zip(paths, graded))):
        person = Person(f"Student {number}", str(100_000 + number))
        place = folder / f"class/{person.name}_{person.id}_assignsubmission_file_"
        place.mkdir(parents=True)
        text = path.read_text("utf-8")
        text += "" if path.suffix == ".ipynb" else f"\nNUMBER = {number}\n"
        (place / f"hw{path.suffix}").write_text(text, "utf-8")
        upload = Upload(place, Origin((person,), reader="moodle"))
        digests = {
            **result.record.digests,
            "submission": read(upload, assignment.stubs).digest,
        }
        record = msgspec.structs.replace(
            result.record,
            submission=person.name,
            path=str(place),
            origin=upload.origin,
            digests=digests,
        )
        store.keep(msgspec.structs.replace(result, record=record))
    return store.folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--course", type=Path, default=ROOT)
    options = parser.parse_args()
    assignment = assignments.load(NAME, options.course)
    with tempfile.TemporaryDirectory() as name, redirect_stderr(io.StringIO()):
        folder = Path(name)
        results = a_class(folder, options.people, options.course)
        began = time.process_time()
        with source_of(str(results), assignment, options.course) as source:
            read_seconds = time.process_time() - began
            began = time.process_time()
            maker = Maker(source, assignment)
            for entry in source.entries:
                maker.work(entry)
            code_seconds = time.process_time() - began
            began = time.process_time()
            write_pages(source, assignment, folder / "feedback", folder / "class.html")
            seconds = time.process_time() - began
        pages = [path.stat().st_size for path in (folder / "feedback").glob("*.html")]
        zipped = (folder / "feedback/feedback_moodle.zip").stat().st_size
        about_all = (folder / "class.html").stat().st_size
    print(f"{len(pages)} people: results read in {read_seconds:.1f} s, their code in", end=" ")
    print(
        f"{code_seconds:.1f} s; all pages and the class in {seconds:.1f} s of the processor:",
        end=" ",
    )
    print(f"{len(pages) / seconds:.1f} pages a second")
    print(f"pages of {min(pages) / 1e3:.0f} to {max(pages) / 1e3:.0f} KB,", end=" ")
    print(f"zip {zipped / 1e6:.1f} MB, class.html {about_all / 1e3:.0f} KB")


if __name__ == "__main__":
    main()
