"""The profile of CrampWatch's own sensor in bytes: frames, commands, differences, serial envelope; no I/O."""
