"""Changes of the log's tables, in order, applied when a log is opened."""
