"""The tables of blinded review on a terminal."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from nights.night_json import NOTICE
from trial.review.agreement import Agreement, Kappa
from trial.review.packets import StoredPacket
from trial.review.readings import open_to
from trial.review.verdicts import State
from trial.study.parts import Review


def status_table(packets: Sequence[StoredPacket], review: Review) -> None:
    """Print how many packets have come how far, and what each reader has read and has to read."""
    console = Console()
    states = Counter(packet.state for packet in packets)
    table = Table("packets", *(state.value.replace("_", " ") for state in State))
    table.add_row(str(len(packets)), *(str(states[state]) for state in State))
    console.print(table)
    readers = Table("reader", "read", "to read")
    for name in (*review.readers, review.third):
        read = sum(packet.by(name) is not None for packet in packets)
        readers.add_row(name, str(read), str(len(open_to(packets, review, name))))
    console.print(readers)


def agreement_tables(found: Agreement) -> None:
    """Print agreement on cramp or not, and what the readers call what the program calls something."""
    console = Console()
    if found.waiting:
        console.print(
            f"INCOMPLETE: {found.waiting} of {found.packets} packets are not done; these figures will change"
        )
    console.print("cramp or not, as said by")
    for one in (*found.readers, *found.program):
        console.print(_agreement(one), soft_wrap=True)
    confusion = Table("the program's label", "n", "cramp", "not a cramp", "undecided", "not done")
    for row in found.confusion:
        counts = (row.n, row.cramp, row.not_cramp, row.undecided, row.waiting)
        confusion.add_row(row.label, *(str(n) for n in counts))
    console.print(confusion)
    console.print("All figures are of the packets that were drawn, not of all episodes.")
    console.print(NOTICE)


def _agreement(found: Kappa) -> str:
    """Say one comparison in a line, with every count that it rests on."""
    one, other = found.one, found.other
    n = f"n = {found.n}, {found.unsure} left out (cannot tell)"
    if found.share is None:
        return f"{one} and {other}: {n}"
    counts = (
        f"both {found.both}, only {one} {found.only_one}, only {other} {found.only_other}, neither {found.neither}"
    )
    kappa = "no kappa, as one of the two says the same of all"
    if found.kappa is not None and found.low is not None and found.high is not None:
        kappa = f"kappa {found.kappa:.3f} ({found.low:.3f} to {found.high:.3f})"
    agreed = f"agree {100 * found.share:.1f} %, PABAK {found.pabak:.3f}"
    return f"{one} and {other}: {kappa}, {agreed}; {n}: {counts}"
