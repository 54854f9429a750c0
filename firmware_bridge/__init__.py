"""Bytes in, stream items out: wire format, BLE and serial sensors, the virtual sensor, link supervision."""
