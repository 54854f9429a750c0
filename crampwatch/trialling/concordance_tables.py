"""What diary and sensor have in common, on a terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from trial.concordance import Concordance, Endpoint
from trial.concordance.cramps import Shares
from trial.concordance.resampling import Estimate

STANDINGS = {
    "compared": "compared: an entry, and every leg's night valid",
    "partly_monitored": "not compared: an entry, but a leg was seen too little",
    "not_monitored": "not compared: an entry, but nothing was seen",
    "no_diary": "not compared: something was seen, but there is no entry",
    "neither": "not compared: neither an entry nor anything seen",
}
SMALLEST_P = 0.001


def concordance_tables(found: Concordance) -> None:
    """Print nights by standing, agreement by night, shares by cramp and week of study, and weekly rates."""
    console = Console()
    accounts = Table("every expected night", "nights")
    for standing, n in found.standings.items():
        accounts.add_row(STANDINGS[standing], str(n))
    console.print(accounts)
    if found.unexpected:
        console.print(f"{found.unexpected} entries are of nights that the study does not expect any more")
    night = found.by_night
    table = Table("nights", "seen", "not seen")
    table.add_row("felt", str(night.felt_and_seen), str(night.felt_only))
    table.add_row("not felt", str(night.seen_only), str(night.neither))
    console.print(table)
    figures = Table(f"of {night.n_nights} compared nights of {night.n_participants} participants", "95 % interval")
    figures.add_row("Cohen's kappa", _said(night.kappa))
    figures.add_row("prevalence-adjusted (PABAK)", _said(night.pabak))
    figures.add_row("agreement on nights with a cramp", _said(night.positive))
    figures.add_row("agreement on nights without", _said(night.negative))
    _add_weekly(figures, found)
    console.print(figures)
    _print_shares(console, found)


def endpoint_table(endpoints: Sequence[Endpoint]) -> None:
    """Print what each source of counts concludes by the primary model."""
    table = Table("endpoint", "participants", "weeks with data", "cramps", "weeks of exposure", "rate ratio", "p")
    for one in endpoints:
        ratio = one.ratio
        table.add_row(
            one.source,
            str(one.n_participants),
            str(one.n_weeks),
            str(one.cramps),
            f"{one.exposure_weeks:.0f}",
            f"{ratio.value:.3f} ({ratio.low:.3f} to {ratio.high:.3f})",
            f"{ratio.p:.3f}" if ratio.p >= SMALLEST_P else f"< {SMALLEST_P:g}",
        )
    console = Console()
    console.print(table)
    console.print("the diary's exposure is a night of eight hours for every entry: it knows no other")


def _add_weekly(table: Table, found: Concordance) -> None:
    week, people = found.by_week, found.by_week.icc_participants
    agreed = week.bland_altman
    table.add_row(f"ICC(2,1) of {week.n_weeks} weekly rates", _said(week.icc_weeks))
    of_people = Estimate(people.value, people.low, people.high)
    table.add_row(f"ICC(2,1) of mean weeks of {people.n} participants", _said(of_people))
    table.add_row("felt minus seen a week: bias", _said(agreed.bias))
    table.add_row("  lower limit of agreement", _said(agreed.lower_limit))
    table.add_row("  upper limit of agreement", _said(agreed.upper_limit))


def _print_shares(console: Console, found: Concordance) -> None:
    table = Table(
        "week of study",
        "nights",
        "hours seen",
        "felt",
        "seen",
        "pairs",
        "of the seen, written down",
        "of the written, seen",
    )
    for row in (*found.by_week_of_study, found.by_cramp):
        table.add_row(*_cells(row))
    console.print(table)
    console.print(
        f"pairs: in {found.nights_by_time} nights by time, within {found.tolerance_min:g} min; in the others by "
        "count, which pairs as many as there can be"
    )
    if found.felt_unmonitored:
        console.print(
            f"{found.felt_unmonitored} cramps were felt when no sensor would have seen them; they are left out"
        )
    if found.offsets.quartiles_s:
        low, median, high = (second / 60 for second in found.offsets.quartiles_s)
        console.print(
            f"{found.offsets.n} pairs by time: written down {median:+.0f} min after the seen onset "
            f"(half of them {low:+.0f} to {high:+.0f} min)"
        )


def _cells(row: Shares) -> list[str]:
    counts = [str(row.n_nights), f"{row.seen_h:.0f}", *(str(n) for n in (row.felt, row.seen, row.pairs))]
    return ["all" if row.week is None else str(row.week), *counts, _said(row.seen_written), _said(row.written_seen)]


def _said(of: Estimate) -> str:
    if of.value is None:
        return "undefined"
    if of.low is None or of.high is None:
        return f"{of.value:.2f}"
    return f"{of.value:.2f} ({of.low:.2f} to {of.high:.2f})"
