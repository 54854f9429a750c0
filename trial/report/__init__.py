"""The report of an analysis: one document, as a page, as PDF, as tables and plots."""
