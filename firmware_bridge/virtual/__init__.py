"""The virtual sensor: what a sensor of the CrampWatch profile does, in software, with faults on purpose."""
