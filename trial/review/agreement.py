"""How far readers agree with each other and with the program, on cramp or not; n stands beside every figure.

Cohen's kappa (Cohen 1960) with the large-sample interval of Fleiss, Cohen and Everitt (1969); the kappa
adjusted for prevalence and bias (PABAK) of Byrt, Bishop and Carlin (1993), 2 p - 1 for two categories.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from sqlalchemy import Connection
from statsmodels.stats import inter_rater

from models import Label
from nights.log.audit import Actor, Role
from trial.review.blinded import episodes_of
from trial.review.errors import ReviewError
from trial.review.packets import StoredPacket
from trial.review.verdicts import State, Verdict, is_cramp
from trial.study import Study

MAY_SEE = frozenset({Role.STATISTICIAN, Role.ADMINISTRATOR})
"""Who may know what the program called the packets while they are being read."""

Call = tuple[bool | None, bool | None]
"""What two say of one packet: cramp, not, or None where it cannot be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kappa:
    """Agreement of `one` with `other` on the `n` packets of which both say cramp or not.

    `unsure` are the packets left out because one of the two cannot tell. `both` and `neither` say cramp together
    or not, `only_one` and `only_other` alone. `share` is the agreement, None without a packet; `kappa` and its
    interval are None too where one of the two says the same of all packets: it would be 0 whatever the other says.
    """

    one: str
    other: str
    n: int
    unsure: int
    both: int
    only_one: int
    only_other: int
    neither: int
    share: float | None
    kappa: float | None
    low: float | None
    high: float | None
    pabak: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """What the readers call the packets that the program calls `label`; `waiting` are those not done."""

    label: str
    cramp: int
    not_cramp: int
    undecided: int
    waiting: int

    @property
    def n(self) -> int:
        """All packets of that label."""
        return self.cramp + self.not_cramp + self.undecided + self.waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """All of it: pairs of readers, each reader and the verdicts against the program, and the table behind those."""

    packets: int
    waiting: int
    readers: tuple[Kappa, ...]
    program: tuple[Kappa, ...]
    confusion: tuple[Confusion, ...]


def refuse_early(packets: Sequence[StoredPacket], by: Actor, *, incomplete: bool) -> None:
    """Raise `ReviewError` for those who must not know the program's calls, and before all packets are done.

    With `incomplete` it may be looked at before; what is shown then says how many packets are not done.
    """
    if by.role not in MAY_SEE:
        raise ReviewError(
            f"{by.name} acts as {by.role}; agreement tells the program's calls, only "
            f"{' and '.join(sorted(MAY_SEE))} may see it"
        )
    waiting = sum(packet.state is not State.DONE for packet in packets)
    if waiting and not incomplete:
        raise ReviewError(
            f"{waiting} of {len(packets)} packets are not done; wait for them, or look at it before with "
            "--incomplete"
        )


def agreement_of(connection: Connection, study: Study, packets: Sequence[StoredPacket]) -> Agreement:
    """Return how far the readers of packets agree with each other and with the program's labels.

    Pairs are those of readers who read every packet; the third sees disputes only, where agreement would be
    another figure. The packets are those that the study's rule chose: all figures are of them, not of all episodes.
    """
    labels = {packet.id: episode.label for packet, _, episode in episodes_of(connection, packets)}
    names = study.review.readers
    pairs = [kappa_of(one, other, _calls(packets, one, other)) for one, other in combinations(names, 2)]
    program = [
        kappa_of(name, "program", [(is_cramp(said.label), labels[p.id] == Label.CRAMP)
                                   for p in packets if (said := p.by(name))])
        for name in names
    ]  # fmt: skip
    verdicts: list[Call] = [
        (_cramp(packet.verdict), labels[packet.id] == Label.CRAMP) for packet in packets if packet.verdict
    ]
    return Agreement(
        packets=len(packets),
        waiting=sum(packet.state is not State.DONE for packet in packets),
        readers=tuple(kappa for kappa in pairs if kappa.n + kappa.unsure),
        program=(*program, kappa_of("verdict", "program", verdicts)),
        confusion=_confusion(packets, labels),
    )


def kappa_of(one: str, other: str, calls: Iterable[Call]) -> Kappa:
    """Return the agreement of two over what they say of packets, one pair for each."""
    counts = Counter(calls)
    table = np.array([[counts[a, b] for b in (True, False)] for a in (True, False)])
    n = int(table.sum())
    share = float(np.trace(table)) / n if n else None
    both_vary = bool(table.sum(axis=0).all() and table.sum(axis=1).all())
    found: Any = inter_rater.cohens_kappa(table) if both_vary else None
    return Kappa(
        one=one,
        other=other,
        n=n,
        unsure=sum(counts.values()) - n,
        both=counts[True, True],
        only_one=counts[True, False],
        only_other=counts[False, True],
        neither=counts[False, False],
        share=share,
        kappa=None if found is None else float(found.kappa),
        low=None if found is None else float(found.kappa_low),
        high=None if found is None else float(found.kappa_upp),
        pabak=None if share is None else 2 * share - 1,
    )


def _calls(packets: Sequence[StoredPacket], one: str, other: str) -> list[Call]:
    both = [(packet.by(one), packet.by(other)) for packet in packets]
    return [(is_cramp(a.label), is_cramp(b.label)) for a, b in both if a and b]


def _cramp(verdict: Verdict | None) -> bool | None:
    return None if verdict in (None, Verdict.UNDECIDED) else verdict is Verdict.CRAMP


def _confusion(packets: Sequence[StoredPacket], labels: dict[int, str]) -> tuple[Confusion, ...]:
    counts = Counter((labels[packet.id], packet.verdict) for packet in packets)
    return tuple(
        Confusion(
            label=label,
            cramp=counts[label, Verdict.CRAMP],
            not_cramp=counts[label, Verdict.NOT_CRAMP],
            undecided=counts[label, Verdict.UNDECIDED],
            waiting=counts[label, None],
        )
        for label in (label.value for label in Label)
        if any(of == label for of, _ in counts)
    )
