"""`crampwatch trial`: the commands of a study, from its plan to its result."""

from crampwatch.trialling.analysing import analyse
from crampwatch.trialling.commands import trial_app
from crampwatch.trialling.concordance import concordance
from crampwatch.trialling.diaries import diary_app
from crampwatch.trialling.exporting import export
from crampwatch.trialling.locking import key, lock, prove
from crampwatch.trialling.powering import power
from crampwatch.trialling.reviewing import review_app
from crampwatch.trialling.scoring import differences, rescore, score
from crampwatch.trialling.simulating import simulate

for command in (score, rescore, differences, key, lock, prove, analyse, export, simulate, power, concordance):
    trial_app.command()(command)
trial_app.add_typer(diary_app, name="diary")
trial_app.add_typer(review_app, name="review")

__all__ = ["trial_app"]
