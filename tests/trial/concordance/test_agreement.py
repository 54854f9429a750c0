"""Agreement of nights against R and by hand; intervals against drawing participants one by one."""

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from trial.concordance.agreement import kappa, negative, night_agreement, pabak, positive
from trial.concordance.cramps import offsets, shares, shares_by_week
from trial.concordance.nights import ConcordanceNight, Standing
from trial.study import PeriodKind

REFERENCE = Path(__file__).parent / "reference" / "reference.csv"


def night(
    participant: str, felt: int, seen: int, week: int = 1, offsets_s: tuple[float, ...] = ()
) -> ConcordanceNight:
    pairs = min(felt, seen)
    return ConcordanceNight(
        participant=participant, site="A", night=date(2026, 3, 2), period="p", kind=PeriodKind.RUN_IN, week=week,
        standing=Standing.COMPARED, felt=felt, seen=seen, felt_and_seen=pairs, felt_only=felt - pairs,
        seen_only=seen - pairs, felt_unmonitored=0, by_time=bool(offsets_s), seen_h=8.0, leg_h=8.0,
        offsets_s=offsets_s, made_by=(),
    )  # fmt: skip


def from_r() -> list[tuple[str, float]]:
    with REFERENCE.open(encoding="utf-8") as file:
        return [
            (row["of"][6:], float(row["value"])) for row in csv.DictReader(file) if row["of"].startswith("kappa")
        ]


@pytest.mark.parametrize(("table", "value"), from_r())
def test_kappa_is_that_of_psych(table: str, value: float) -> None:
    assert float(kappa(np.array([[float(n) for n in table.split()]]))[0]) == pytest.approx(value, abs=1e-10)


def test_what_kappa_does_at_low_prevalence_the_others_do_not() -> None:
    """3 nights both, 2 and 4 one only, 291 neither: agreement 294 of 300, by hand."""
    table = np.array([[3.0, 2.0, 4.0, 291.0]])
    assert float(kappa(table)[0]) < 0.5
    assert float(pabak(table)[0]) == pytest.approx(2 * 294 / 300 - 1)
    assert float(positive(table)[0]) == pytest.approx(6 / 12)
    assert float(negative(table)[0]) == pytest.approx(582 / 588)


def test_nights_make_a_table() -> None:
    nights = [night("A-1", 2, 1), night("A-1", 1, 0), night("A-2", 0, 3), night("A-2", 0, 0), night("A-2", 0, 0)]
    found = night_agreement(nights, 1)
    assert (found.felt_and_seen, found.felt_only, found.seen_only, found.neither) == (1, 1, 1, 2)
    assert (found.n_participants, found.n_nights) == (2, 5)
    assert found.kappa.value == pytest.approx((0.6 - 0.52) / 0.48)


def test_the_interval_is_that_of_drawing_people_one_by_one() -> None:
    rng = np.random.default_rng(5)
    counts = {f"A-{k:02}": rng.poisson(rng.gamma(1, 1, 1), (20, 2)) for k in range(30)}
    nights = [night(name, int(a), int(b)) for name, rows in counts.items() for a, b in rows]
    found = night_agreement(nights, 1).kappa
    tables = {
        name: np.array([(a > 0) & (b > 0), (a > 0) & (b == 0), (a == 0) & (b > 0), (a == 0) & (b == 0)], float)
        for name, (a, b) in ((name, rows.T) for name, rows in counts.items())
    }
    of_all = np.stack([table.sum(axis=1) for table in tables.values()])
    drawn = [float(kappa(of_all[rng.integers(0, 30, 30)].sum(axis=0, keepdims=True))[0]) for _ in range(4000)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert (found.low, found.high) == (pytest.approx(low, abs=0.02), pytest.approx(high, abs=0.02))
    assert night_agreement(nights, 1).kappa == found


def test_nothing_and_one_person_have_no_interval() -> None:
    none = night_agreement([], 1)
    assert (none.n_nights, none.kappa.value, none.pabak.value) == (0, None, None)
    alone = night_agreement([night("A-1", 1, 1), night("A-1", 0, 0)], 1)
    assert (alone.kappa.value, alone.kappa.low, alone.positive.value) == (1.0, None, 1.0)
    quiet = night_agreement([night("A-1", 0, 0), night("A-2", 0, 0)], 1)
    assert (quiet.kappa.value, quiet.positive.value, quiet.negative.value) == (None, None, 1.0)


def test_shares_of_cramps_by_hand() -> None:
    nights = [night("A-1", 2, 3), night("A-1", 1, 0, week=2), night("A-2", 4, 4), night("A-2", 0, 1, week=2)]
    found = shares(nights, 1)
    assert (found.felt, found.seen, found.pairs, found.n_nights, found.seen_h) == (7, 8, 6, 4, 32.0)
    assert (found.seen_written.value, found.written_seen.value) == (6 / 8, 6 / 7)
    first, second = shares_by_week(nights, 1)
    assert (first.week, first.seen_written.value, second.week, second.seen_written.value) == (1, 6 / 7, 2, 0.0)
    nothing = shares([night("A-1", 0, 0)], 1)
    assert (nothing.seen_written.value, nothing.written_seen.value) == (None, None)


def test_offsets_have_quartiles() -> None:
    found = offsets([night("A-1", 2, 2, offsets_s=(-60.0, 0.0)), night("A-1", 1, 1, offsets_s=(60.0,))])
    assert (found.n, found.quartiles_s) == (3, (-30.0, 0.0, 30.0))
    assert offsets([night("A-1", 2, 2)]).quartiles_s is None
