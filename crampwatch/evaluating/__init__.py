"""The command `evaluate`: tables of truth and prediction in; text, JSON and a page with plots out."""

from crampwatch.evaluating.command import evaluate_command

__all__ = ["evaluate_command"]
