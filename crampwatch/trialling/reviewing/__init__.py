"""`crampwatch trial review`: blinded reading of episodes, from drawing packets to the readers' agreement."""

from crampwatch.trialling.reviewing.commands import review_app

__all__ = ["review_app"]
