"""The analysis-ready tables: per night, per participant-week, and per participant and period."""

from trial.endpoint.rows import NightRow, PeriodRow, WeekRow, night_rows, period_rows, week_rows

__all__ = ["NightRow", "PeriodRow", "WeekRow", "night_rows", "period_rows", "week_rows"]
