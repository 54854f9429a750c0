"""The one-page report of a night, for people: count, night at a glance, every counted cramp and why it counts."""

from nights.report.excerpt import Excerpt
from nights.report.page import write_report

__all__ = ["Excerpt", "write_report"]
