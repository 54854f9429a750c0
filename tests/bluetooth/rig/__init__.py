"""A Bluetooth stack without a radio: a Debian kernel in QEMU over this computer's own files, sensors outside it."""
