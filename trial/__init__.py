"""Night records in, the endpoint of a trial out: weeks, validity, statistics, exports."""
