"""The statistics of the endpoint: rate ratios, differences, missing nights, the detector's own errors."""
