"""The command line of `crampwatch train`, ready for typer; the work is imported when it runs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from crampwatch.training.training import Trained

SHIPPED = "learned-1"
SEED, WEARERS, NIGHTS = 8128, 130, 2
SAME = 1e-9


def train_command(
    *,
    out: Annotated[Path, typer.Option(help="Folder of the model; its name is the model's.")],
    wearers: Annotated[int, typer.Option(min=1, help="Simulated people.")] = WEARERS,
    nights: Annotated[int, typer.Option(min=1, help="Nights of each.")] = NIGHTS,
    seed: Annotated[int, typer.Option(min=0, help="Seed from which all nights follow.")] = SEED,
    annotated: Annotated[
        Path | None, typer.Option(help="Folder of labelled recordings, to train on these instead.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 unless the result is the shipped model.")
    ] = False,
) -> None:
    """Train the learned classifier and write its weights and model card.

    Without options this makes the shipped model again. With `--annotated` it learns from real nights, labelled by
    EDF+ annotations or by `NAME_events.tsv` beside the recording; see docs/training.md.

    Example: `crampwatch train --out learned-1 --check`
    """
    from crampwatch.scoring import InputError  # noqa: PLC0415 - imports stay out of --help
    from crampwatch.training.training import (  # noqa: PLC0415 - as above
        difference_from_shipped,
        train_annotated,
        train_simulated,
    )

    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f"{out} exists and is not an empty folder; name a new one")
    if annotated is None:
        result = train_simulated(out.name, seed, wearers, nights)
    else:
        result = train_annotated(out.name, annotated)
    result.write(out)
    typer.echo("\n".join(_said(result, out)))
    if check:
        differs = difference_from_shipped(result, SHIPPED)
        if not differs <= SAME:
            raise InputError(f"the result is not {SHIPPED}: its probabilities differ by up to {differs:.3g}")
        typer.echo(f"The same as {SHIPPED}.")


def _said(result: "Trained", out: Path) -> list[str]:
    """Say what came out."""
    card = result.card
    return [
        f"{card.name}: {card.data.nights} {card.data.source} nights of {card.data.wearers} wearers",
        f"  {card.verdict} Each wearer was unknown to the model that judged it.",
        f"  a cramp from a probability of {card.operating_point:.3f}",
        f"  {out}",
    ]
