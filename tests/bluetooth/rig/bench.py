"""What both ends know of the bench sensor."""

import struct

NAME = "bench"
SERVICE = "5eb10000-7c1d-4f6e-9a57-0000000000b0"
DATA = "5eb10001-7c1d-4f6e-9a57-0000000000b0"  # notify: a number (u32), then dots
SECRET = "5eb10002-7c1d-4f6e-9a57-0000000000b0"  # read, by bonded computers  # noqa: S105 - not one
CONTROL = "5eb10003-7c1d-4f6e-9a57-0000000000b0"  # write START
STUCK = "5eb10004-7c1d-4f6e-9a57-0000000000b0"  # a read is never answered
START = struct.Struct("<HHI")  # notifications a second, bytes of each, how many
KEPT = b"for bonded computers"
PASSKEY = 271828
