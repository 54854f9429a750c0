"""Numbers of commands, and how a command can end (PROTOCOL.md, "Commands and responses")."""

from enum import IntEnum


class Operation(IntEnum):
    """Byte 1 of a command and of its response."""

    HELLO = 0x01
    SERIAL = 0x02
    DESCRIBE = 0x03
    CONFIGURE = 0x04
    START = 0x05
    STOP = 0x06
    REPORT = 0x10
    COUNT = 0x11
    ABORT = 0x12


class Result(IntEnum):
    """How a command ended: 1-8 as in the Record Access Control Point, our own from 16."""

    SUCCESS = 1
    OPERATION_NOT_SUPPORTED = 2
    OPERATOR_INVALID = 3
    OPERATOR_NOT_SUPPORTED = 4
    OPERAND_INVALID = 5
    NO_RECORDS = 6
    ABORT_UNSUCCESSFUL = 7
    NOT_COMPLETED = 8
    RATE_DOES_NOT_FIT = 16
    NOT_BONDED = 17
