"""A study for other programs: regulators' data sets, REDCap, Parquet, BIDS, FHIR; computed from night records alone."""
