"""How a study stands, on a terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from trial.status import LegStatus, SiteStatus


def status_tables(sites: Sequence[SiteStatus], legs: Sequence[LegStatus], *, everybody: bool) -> None:
    """Print what there is to say of every site, then the legs that somebody should call about, or all."""
    console = Console(highlight=False)
    for site in sites:
        hours = _trend(site.usable_h_last_week, site.usable_h_week_before, ".1f")
        console.print(
            f"site {site.site}: {site.participants} participants, {site.under_way} legs under way, {hours} usable "
            f"h a night; {site.expected} nights expected, {site.received} received, {site.valid} valid"
        )
        console.print(f"  not valid: {_counted(site.why) or 'none'}")
        console.print(f"  call about: {_counted(site.attention) or 'nobody'}")
    shown = [leg for leg in legs if everybody or leg.attention]
    if shown:
        console.print(_legs_table(shown))
    last = sorted({leg.last_night for leg in legs})
    console.print(
        f"last night: {' or '.join(str(night) for night in last) or 'none was expected yet'}; usable h, shares not "
        "worn and off (electrode), drain in 8 h: mean of the last seven nights (of the seven before)"
    )
    if len(shown) < len(legs):
        console.print(f"legs that need nobody's call: {len(legs) - len(shown)}; --all shows them")


def _legs_table(legs: Sequence[LegStatus]) -> Table:
    """Return a row per leg; what is seen of wear and battery is of the last week, in brackets of the one before."""
    table = Table(box=None, pad_edge=False)
    for name in ("who", "site", "leg", "silent", "valid", "h/night", "unworn, off", "battery, drain"):
        table.add_column(name, no_wrap=True)
    table.add_column("call because", overflow="fold")
    for leg in legs:
        now, before = leg.last_week, leg.week_before
        drain = _trend(now.drain_share, before and before.drain_share, ".0%")
        table.add_row(
            leg.participant,
            leg.site,
            leg.leg,
            str(leg.silent_nights or ""),
            f"{leg.valid}/{leg.expected}",
            _trend(now.usable_h, before and before.usable_h, ".1f"),
            f"{_said(now.not_worn_share, '.0%')} {_said(now.lead_off_share, '.0%')}",
            f"{_level(leg.battery_share, leg.battery_v)} {drain}",
            ", ".join(leg.attention).replace("_", " ") or ("over" if leg.over else ""),
        )
    return table


def _trend(now: float | None, before: float | None, form: str) -> str:
    """Say a figure of the last week, and in brackets that of the week before; a dash is not known."""
    return "-" if now is None and before is None else f"{_said(now, form)} ({_said(before, form)})"


def _level(share: float | None, volts: float | None) -> str:
    return f"{share:.0%}" if share is not None else f"{volts:.2f}V" if volts is not None else "-"


def _said(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def _counted(counts: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{what} {n}" for what, n in counts)
