"""What a uMyo sends, by its firmware (ultimaterobotics/uMyo d3a14b3, uMyo_fw_v3_1/main.c)."""

import struct
from collections.abc import Sequence

SERVICE = "93375900-F229-8B49-B397-44B5899B8601"
TELEMETRY = "FC7A850D-C1A5-F61F-0DA7-9995621FBD01"
NAME = "FC7A850D-C1A5-F61F-0DA7-9995621FBD02"


def telemetry(count: int, raw: Sequence[int], quaternion: Sequence[int] = ()) -> bytes:
    """Return 52 bytes, or 60 with a quaternion (umyo_ble_conn_tick)."""
    return struct.pack(f"<I24h{len(quaternion)}h", count % 2**32, *raw, *quaternion)


def auxiliary(acc: Sequence[int]) -> bytes:
    """Return 26 bytes (build_aux26_payload): acceleration, then rotation, magnetic field, quaternion."""
    return struct.pack("<13h", *acc, 11, -12, 13, -300, 301, 302, 32000, 0, 0, 1)


def base_packet(
    unit: int,
    block: int,
    emg: Sequence[int],
    acc: Sequence[int],
    *,
    battery_mv: int = 3900,
    magnetometer: bool = True,
) -> bytes:
    """Return what the base says of a packet (prepare_data_packet; udevices_base_main.c puts 3 bytes in front)."""
    body = struct.pack(">IBBBBBB", unit, 80 + len(emg), 0, (battery_mv - 2000) // 10, 101, 0, block % 256)
    body += struct.pack(f">{len(emg)}h", *emg)
    body += struct.pack(">4h4h", 5, 6, 7, 8, 32000, 0, -1, 2)  # spectrum, quaternion
    body += struct.pack(">3h3h", *acc, 100, -100, 50)  # acceleration; yaw, pitch, roll
    body += struct.pack(">3h", -200, 201, 202) if magnetometer else b""
    return bytes((79, 213, 61, block % 129, len(body) + 2)) + body
