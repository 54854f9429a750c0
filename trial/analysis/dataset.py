"""From the tables of the endpoint and the allocation to the rows that are analysed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from trial.analysis.allocation import Allocation
from trial.analysis.models import Counts
from trial.endpoint import PeriodRow, WeekRow, period_rows, week_rows
from trial.endpoint.rows import WEEK_OF_NIGHTS_H
from trial.nightly import ParticipantNight
from trial.study import PeriodKind, Study

HALF_A_CRAMP = 0.5  # keeps the logarithm of a baseline without cramps finite


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """What is analysed: one row per participant and week of treatment of which something was seen.

    `baseline` is the log of the run-in's rate, one entry per participant of the study, whoever has none getting the
    mean; `treated` and `site` likewise.
    """

    weeks: tuple[WeekRow, ...]
    periods: tuple[PeriodRow, ...]
    participants: pd.DataFrame

    @property
    def seen_weeks(self) -> list[WeekRow]:
        """Weeks of treatment with exposure; a week without is missing and in no model."""
        return [week for week in self.weeks if week.kind is PeriodKind.TREATMENT and week.measures.exposure_h > 0]

    @property
    def sites_without_cramps(self) -> tuple[str, ...]:
        """Sites of whose weeks of treatment some were seen, and not one cramp."""
        cramps: dict[str, int] = {}
        for row in self.seen_weeks:
            cramps[row.site] = cramps.get(row.site, 0) + (row.measures.cramps or 0)
        return tuple(sorted(site for site, count in cramps.items() if not count))

    @property
    def modelled_weeks(self) -> list[WeekRow]:
        """Weeks of treatment that were seen, without those of sites without a cramp.

        With a rate of its own, which would be estimated as 0, such a site says nothing of the ratio of the arms, so
        that to leave it out is the model's limiting answer. Where no site has a cramp none is left out.
        """
        empty = self.sites_without_cramps
        return [row for row in self.seen_weeks if row.site not in empty] or self.seen_weeks

    @property
    def people_of_modelled_sites(self) -> list[str]:
        """Participants of the sites that are in the model, whether anything was seen of them or not."""
        sites = {row.site for row in self.modelled_weeks}
        return [str(name) for name in self.participants.index[self.participants["site"].isin(sites)]]

    def counts(self) -> Counts:
        """Return counts, exposures in weeks of 56 h, and covariates, of `modelled_weeks`."""
        rows = self.modelled_weeks
        names = [row.participant for row in rows]
        return Counts(
            np.array([row.measures.cramps for row in rows], float),
            np.array([row.measures.exposure_h for row in rows]) / WEEK_OF_NIGHTS_H,
            self.covariates(names),
            self.participants.index.get_indexer(pd.Index(names)).astype(np.int64),
        )

    def covariates(self, names: Sequence[str]) -> pd.DataFrame:
        """Return intercept, arm, log baseline and sites but the first, of participants by name, in that order.

        A baseline that is the same for all of them, as it is without a run-in, is no covariate.
        """
        of = self.participants.loc[list(names)].reset_index(drop=True)
        columns = {"intercept": 1.0, "treated": of["treated"].astype(float)}
        if of["baseline"].min() < of["baseline"].max():
            columns["baseline"] = of["baseline"]
        for site in sorted(of["site"].unique())[1:]:
            columns[f"site {site}"] = (of["site"] == site).astype(float)
        return pd.DataFrame(columns, index=of.index)


def dataset_of(study: Study, nights: Sequence[ParticipantNight], allocation: Allocation) -> Dataset:
    """Return the rows to analyse, from the nights under the estimand."""
    periods = tuple(period_rows(study, nights))
    weeks = tuple(week_rows(study, nights))
    return Dataset(weeks=weeks, periods=periods, participants=_participants(study, periods, allocation))


def _participants(study: Study, periods: Sequence[PeriodRow], allocation: Allocation) -> pd.DataFrame:
    run_in = {row.participant: row.measures for row in periods if row.kind is PeriodKind.RUN_IN}
    exposure = sum(measures.exposure_h for measures in run_in.values()) / WEEK_OF_NIGHTS_H
    cramps = sum(measures.cramps or 0 for measures in run_in.values())
    mean = (cramps + HALF_A_CRAMP) / exposure if exposure else 1.0

    def baseline(participant: str) -> float:
        """Log rate, drawn to the mean by the weight of half a cramp: without a run-in it is the mean itself."""
        of = run_in.get(participant)
        count, weeks = (of.cramps or 0, of.exposure_h / WEEK_OF_NIGHTS_H) if of else (0, 0.0)
        return float(np.log((count + HALF_A_CRAMP) / (weeks + HALF_A_CRAMP / mean)))

    names = [participant.id for participant in study.participants]
    return pd.DataFrame(
        {
            "site": [participant.site for participant in study.participants],
            "treated": [allocation.is_treated(name) for name in names],
            "baseline": [baseline(name) for name in names],
        },
        index=pd.Index(names, name="participant"),
    )
