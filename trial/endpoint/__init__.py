"""The analysis-ready tables: per night of a leg, per night, per participant-week, per participant and period."""

from trial.endpoint.rows import (
    LegRow,
    NightRow,
    PeriodRow,
    WeekRow,
    leg_rows,
    night_rows,
    period_rows,
    week_rows,
)

__all__ = [
    "LegRow",
    "NightRow",
    "PeriodRow",
    "WeekRow",
    "leg_rows",
    "night_rows",
    "period_rows",
    "week_rows",
]
