"""The command `validate`: cohorts that nothing was tuned on, and the page that says how well they are counted."""

from crampwatch.validating.command import validate_command

__all__ = ["validate_command"]
