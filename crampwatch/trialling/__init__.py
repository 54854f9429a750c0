"""`crampwatch trial`: the commands of a study, from its plan to its result."""

import typer

from crampwatch.trialling.analysing import analyse
from crampwatch.trialling.commands import check, endpoint, init, status
from crampwatch.trialling.concordance import concordance
from crampwatch.trialling.diaries import diary_app
from crampwatch.trialling.exporting import export
from crampwatch.trialling.locking import key, lock, prove
from crampwatch.trialling.powering import power
from crampwatch.trialling.reviewing import review_app
from crampwatch.trialling.scoring import differences, rescore, score
from crampwatch.trialling.simulating import simulate

PANELS = {
    "Try": (simulate,),
    "Plan": (init, check, power),
    "Run": (score, status, endpoint, concordance),
    "Close and unblind": (key, lock, prove, analyse, export),
    "Score anew": (rescore, differences),
}

trial_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="The endpoint of a trial, in the order in which a study needs the commands. Try `trial simulate`.",
)
for panel, commands in PANELS.items():
    for command in commands:
        trial_app.command(rich_help_panel=panel)(command)
trial_app.add_typer(diary_app, name="diary", rich_help_panel="Run")
trial_app.add_typer(review_app, name="review", rich_help_panel="Run")

__all__ = ["trial_app"]
