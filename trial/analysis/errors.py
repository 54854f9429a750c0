"""What can keep an analysis from being done."""


class AnalysisError(ValueError):
    """The analysis cannot be done with these data; the message says why and what to do."""
