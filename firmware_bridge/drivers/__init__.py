"""One module per make of sensor; each is an entry point of the group `crampwatch.sensors`."""
