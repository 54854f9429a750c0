"""The ways to a sensor: Bluetooth Low Energy and serial lines."""
