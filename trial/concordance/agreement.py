"""Do diary and sensor agree on which nights had a cramp? Figures of a table of two by two, by night."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trial.concordance.nights import ConcordanceNight
from trial.concordance.resampling import Estimate, Floats, estimate, quotient


@dataclass(frozen=True, slots=True, kw_only=True)
class NightAgreement:
    """Compared nights with and without a cramp, and how far that agrees beyond chance.

    `kappa` is Cohen's (1960, Educ Psychol Meas 20:37); it falls where cramps are rare, however good the agreement.
    Therefore beside it: `pabak`, 2 Po - 1 (Byrt, Bishop & Carlin 1993, J Clin Epidemiol 46:423), and the agreement
    `positive` on nights with and `negative` on nights without a cramp (Cicchetti & Feinstein 1990, J Clin Epidemiol
    43:551).
    """

    n_participants: int
    n_nights: int
    felt_and_seen: int
    felt_only: int
    seen_only: int
    neither: int
    kappa: Estimate
    pabak: Estimate
    positive: Estimate
    negative: Estimate


def night_agreement(nights: Sequence[ConcordanceNight], seed: int) -> NightAgreement:
    """Return the agreement of compared nights; what was felt unmonitored makes no night with a cramp."""
    participants = [night.participant for night in nights]
    felt = np.array([night.felt_monitored > 0 for night in nights], bool)
    seen = np.array([bool(night.seen) for night in nights], bool)
    table = np.array([felt & seen, felt & ~seen, ~felt & seen, ~felt & ~seen], np.float64).T.reshape(-1, 4)
    both, felt_only, seen_only, neither = (int(n) for n in table.sum(axis=0))
    return NightAgreement(
        n_participants=len(set(participants)),
        n_nights=len(nights),
        felt_and_seen=both,
        felt_only=felt_only,
        seen_only=seen_only,
        neither=neither,
        kappa=estimate(participants, table, kappa, seed),
        pabak=estimate(participants, table, pabak, seed),
        positive=estimate(participants, table, positive, seed),
        negative=estimate(participants, table, negative, seed),
    )


def kappa(tables: Floats) -> Floats:
    """Return Cohen's kappa of tables (both, first only, second only, neither), shape (m, 4)."""
    a, b, c, d = tables.T
    return quotient(2 * (a * d - b * c), (a + b) * (b + d) + (a + c) * (c + d))


def pabak(tables: Floats) -> Floats:
    """Return twice the observed agreement less 1."""
    a, _, _, d = tables.T
    return 2 * quotient(a + d, tables.sum(axis=1)) - 1


def positive(tables: Floats) -> Floats:
    """Return the agreement on nights with a cramp."""
    a, b, c, _ = tables.T
    return quotient(2 * a, 2 * a + b + c)


def negative(tables: Floats) -> Floats:
    """Return the agreement on nights without one."""
    _, b, c, d = tables.T
    return quotient(2 * d, 2 * d + b + c)
