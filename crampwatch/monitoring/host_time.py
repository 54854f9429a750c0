"""Whether this computer's clock is known to be right."""

import ctypes
import sys

TIMEX_BYTES = 512  # struct timex takes 208; all zero: nothing is to be set
UNSYNCHRONISED = 5  # TIME_ERROR of adjtimex(2)


def synchronised() -> bool:
    """Whether the kernel holds the clock for synchronised with a time server; False where it does not say."""
    if not sys.platform.startswith("linux"):
        return False
    answer = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(TIMEX_BYTES))
    return bool(0 <= answer != UNSYNCHRONISED)
