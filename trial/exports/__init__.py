"""A study for other programs: data sets of regulators, REDCap, Parquet, BIDS, FHIR; from night records alone."""
