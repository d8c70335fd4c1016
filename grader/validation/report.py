"""What `grader validate` found, for the terminal."""

from __future__ import annotations

from statistics import median

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from grader.validation.proof import Proof


def show(proof: Proof, console: Console) -> None:
    """Findings first, then what was measured."""
    if proof.findings:
        console.print("[bold]To do[/bold]")
    for number, finding in enumerate(proof.findings, start=1):
        console.print(
            f"{number:3}. [red]✗[/red] [bold]{escape(finding.about)}[/bold]: "
            f"{escape(finding.problem)}",
            highlight=False,
        )
    if proof.idle_checks() or proof.survivors:
        console.print("[bold]Worth a look[/bold]: nothing has to change here")
    if idle := proof.idle_checks():
        console.print(
            "  [yellow]·[/yellow] no misconception fails these checks; is there a mistake that "
            f"they are for? {escape(', '.join(idle))}",
            highlight=False,
        )
    source = proof.assignment.source
    for mutant in proof.survivors:
        place = source.place(mutant.line)
        console.print(
            f"  [yellow]·[/yellow] {escape(mutant.stub)}, {place}: {escape(mutant.what)}, "
            f"and no check notices\n[dim]{escape(mutant.diff)}[/dim]",
            highlight=False,
            soft_wrap=True,  # equivalents.toml takes the diff as it stands here
        )
    console.print(_figures(proof))
    count = len(proof.findings)
    what = f"{count} thing{'s' * (count != 1)} to change (✗)" if count else "Nothing to change"
    console.print(f"{what} before students meet it.")


def _figures(proof: Proof) -> Table:
    table = Table(title=f"grader validate {proof.assignment.name}", title_justify="left")
    table.add_column("what")
    table.add_column("found", justify="right")
    met = [name for name, wrong in proof.killed.items() if wrong]
    table.add_row("findings", str(len(proof.findings)))
    for tier, seconds in sorted(proof.seconds.items()):
        table.add_row(f"{tier} tier on the solution", f"{median(seconds):.1f} s")
    for place, check, what, deviations in proof.margins():
        table.add_row(f"{check}, {place}: {what}", f"{deviations:.1f} deviations")
    if proof.killed:
        table.add_row("checks that a misconception fails", f"{len(met)} of {len(proof.killed)}")
    if proof.mutants:
        noticed = proof.mutants - len(proof.survivors)
        share = f"{proof.share_noticed():.1%}"
        table.add_row("mutants noticed", f"{noticed} of {proof.mutants} ({share})")
    return table
