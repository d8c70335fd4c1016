"""``python -m grader``: the command line without an installed script."""

from grader.cli.main import app

app(prog_name="grader")
