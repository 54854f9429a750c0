"""How a running study stands: who sent what, what is missing and why, who needs a call, how sensors wear out."""

from trial.status.legs import Attention, LegStatus, last_nights, status_of
from trial.status.sites import SiteStatus, sites_of
from trial.status.weeks import Told, Week, told_by_results
from trial.status.writing import status_document, write_status

__all__ = [
    "Attention",
    "LegStatus",
    "SiteStatus",
    "Told",
    "Week",
    "last_nights",
    "sites_of",
    "status_document",
    "status_of",
    "told_by_results",
    "write_status",
]
