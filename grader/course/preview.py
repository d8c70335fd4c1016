"""A handout as an author looks at it: README and notebook as one page, or in JupyterLab."""

from __future__ import annotations

import html
import subprocess
import sys
import webbrowser
from pathlib import Path

from grader.course.extras import require
from grader.errors import UsageError

HEAD = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>body {{ max-width: 60rem; margin: 2rem auto; font-family: system-ui; line-height: 1.5 }}
pre {{ overflow-x: auto; background: #f6f6f6; padding: .5rem }}</style></head><body>
"""


def page(handout: Path) -> Path:
    """Write the README and the notebook of a handout as a page beside the folder; its file.

    Raises UsageError without the packages for pages.
    """
    require("nbconvert", "pages")
    from nbconvert import HTMLExporter
    from nbconvert.filters import markdown2html

    name = handout.name
    readme = markdown2html((handout / "README.md").read_text("utf-8"))
    body, _resources = HTMLExporter(template_name="basic").from_filename(
        str(handout / f"{name}.ipynb")
    )
    file = handout.parent / f"{name}.html"
    head = HEAD.format(title=html.escape(name))
    file.write_text(f"{head}{readme}<hr>{body}</body></html>\n", "utf-8")
    return file


def open_browser(file: Path) -> None:
    """Show a page, where there is a browser."""
    webbrowser.open(file.absolute().as_uri())


def open_jupyter(handout: Path) -> None:
    """Run JupyterLab in a handout until it is closed. Raises UsageError where there is none."""
    done = subprocess.run(
        [sys.executable, "-m", "jupyterlab", f"--notebook-dir={handout}", f"{handout.name}.ipynb"],
        check=False,
    )
    if done.returncode == 1:
        raise UsageError("JupyterLab did not start: pip install jupyterlab")
