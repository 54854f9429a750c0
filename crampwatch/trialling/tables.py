"""The result of a trial on a terminal, and what is being done meanwhile."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from trial.report.document import Document

SHOWN = ("nights", "primary", "sensitivity", "shares", "measures")
"""Tables of the report that a terminal shows."""


@contextmanager
def progress() -> Generator[Callable[[str], None]]:
    """Show on a terminal what is being done."""
    console = Console(stderr=True)
    with console.status("reading") as status:
        yield status.update


def report_tables(document: Document) -> None:
    """Print the first words of a report and its main tables."""
    console = Console()
    for text in (*document.lead, *document.notices):
        console.print(f"{escape(text)}\n", soft_wrap=True)
    for name in SHOWN:
        of = document.tables[name]
        table = Table(title=escape(of.title), title_justify="left")
        for k, column in enumerate(of.columns):
            table.add_column(escape(column), justify="left" if k in of.words else "right")
        for row in of.rows:
            table.add_row(*(escape(cell) for cell in row))
        console.print(table)
    limits = next(section for section in document.sections if section.name == "limits")
    console.print(escape(limits.title))
    for block in limits.blocks:
        for item in getattr(block, "items", ()):
            console.print(f"- {escape(item)}", soft_wrap=True)
