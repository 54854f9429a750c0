"""`trial score`, `rescore`, `differences`: all recordings of a study into a version, on any number of cores."""

from crampwatch.trialling.scoring.command import differences, rescore, score

__all__ = ["differences", "rescore", "score"]
