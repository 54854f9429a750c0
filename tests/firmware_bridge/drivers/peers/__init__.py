"""Sensors of other makes, byte for byte after their documents; none uses the drivers' code."""
