"""``grader data`` and ``grader doctor``: what this machine gives."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from grader.cli.console import INFRASTRUCTURE, console, readable_errors
from grader.cli.options import DataOption, DebugOption


@readable_errors
def data(
    name: Annotated[
        str, typer.Argument(help="FashionMNIST, MNIST, or what another package brings.")
    ] = "FashionMNIST",
    data: DataOption = None,
) -> None:
    """Say which copy of a data set is used and from where; fetch and unpack it if need be.

    [dim]grader data FashionMNIST --data embedded[/dim]
    """
    from grader.course import datasets

    found = datasets.find(name, data)
    console.print(Text(f"{found.name}, {found.variant}: {found.source}"))
    console.print(Text(f"  public split (mounted in sandboxes): {found.public_root}"))
    console.print(Text(f"  hidden test examples: {len(found.hidden_labels()):,}"))
    console.print(Text(f"  sha256: {found.sha256}"))
    if found.variant == "embedded":
        console.print(
            Text(f"This is the small subset. For the full data set: {datasets.how_to_get(found)}.")
        )


@readable_errors
def doctor(debug: DebugOption = False) -> None:
    """Show what this machine gives: isolation, device, data, versions; and what to repair.

    Exit code 3 when hidden checks cannot be run here.

    [dim]grader doctor --debug[/dim]
    """
    from grader.cli.doctor import examine

    if not examine(console):
        raise typer.Exit(INFRASTRUCTURE)
