"""A board that BrainFlow knows: `brainflow:CYTON_BOARD?serial_port=/dev/ttyUSB0&emg=1&leg=L&muscle=GM`.

Needs the extra `brainflow` (MIT). A caution: boards over Bluetooth LE go through SimpleBLE, which BrainFlow brings
with it and whose licence, BUSL-1.1, forbids some uses (commercial ones without a licence of its maker). Nothing
uses BrainFlow unless its URI says so, and uMyo, Shimmer3 and BITalino have drivers of their own.

The place is the board's name or number in BrainFlow's table; options of the names of `BrainFlowInputParams` are
passed on. `emg` is which of the table's EMG channels is taken, from 1. BrainFlow gives EMG in uV and acceleration
in g. It does not say when a link is lost: a silence of 5 s is taken for it. Of its package numbers only those of
`COUNTED` are known to count samples.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.drivers import floats
from firmware_bridge.drivers.wearing import read_wearing, remarks_on_rate
from firmware_bridge.drivers.worker import Worker
from firmware_bridge.host_clock import HostClock
from firmware_bridge.readings import Chunk, Defect, Defects, Device, Missing, Reading, Setup
from firmware_bridge.sensor import Address, LinkLostError, SensorError
from signals import GapReason

PARAMETERS = (
    "serial_port",
    "mac_address",
    "ip_address",
    "ip_port",
    "ip_protocol",
    "other_info",
    "timeout",
    "serial_number",
    "file",
    "master_board",
)
NUMBERS = ("ip_port", "ip_protocol", "timeout")
COUNTED = {"SYNTHETIC_BOARD": 256, "CYTON_BOARD": 256}
"""Boards whose package number goes up by one with each sample, and where it wraps (BrainFlow 5.23)."""
SIMULATED = ("SYNTHETIC_BOARD", "PLAYBACK_FILE_BOARD", "STREAMING_BOARD")
POLL_S = 0.05
SILENT_S = 5.0
SILENCE_REMARK = "BrainFlow does not tell of a lost link: a silence of 5 s is taken for one"
UNCOUNTED_REMARK = "BrainFlow gives no sample counter for this board: samples lost on the way cannot be seen"
LICENCE_REMARK = (
    "reached without a serial port or an IP address, so probably through SimpleBLE, whose licence (BUSL-1.1)"
    " forbids some uses"
)


class Rows:
    """Counts of the samples of a session after the other; each session begins an epoch."""

    def __init__(self, modulus: int | None, fs_hz: float) -> None:
        self._modulus = modulus
        self._fs_hz = fs_hz
        self.epoch = -1
        self._counter = 0
        self._last: int | None = None

    def reopen(self) -> None:
        """Begin a new session."""
        self.epoch += 1
        self._counter, self._last = 0, None

    def silent(self, seconds: float) -> None:
        """Note a silence: where the package number could have gone all the way round, a new epoch begins."""
        if self._modulus is not None and seconds * self._fs_hz >= self._modulus:
            self.reopen()

    def place(self, packages: NDArray[np.int64]) -> list[tuple[slice, int]]:
        """Return stretches without a hole, each with the count of its first sample."""
        if self._modulus is None:
            steps = np.ones(len(packages), np.int64)
        else:
            last = int(packages[0]) - 1 if self._last is None else self._last
            steps = (np.diff(packages, prepend=last) - 1) % self._modulus + 1
        first_step = 0 if self._last is None else int(steps[0]) - 1
        self._last = int(packages[-1])
        edges = [0, *(int(i) for i in np.flatnonzero(steps != 1) if i), len(packages)]
        places: list[tuple[slice, int]] = []
        self._counter += first_step
        for first, end in pairwise(edges):
            self._counter += int(steps[first]) - 1 if first else 0
            places.append((slice(first, end), self._counter))
            self._counter += end - first
        return places


class BrainFlowBoard:
    """One board through BrainFlow. It keeps nothing that could be asked for again."""

    def __init__(self, address: Address, clock: HostClock) -> None:
        self._wearing, options = read_wearing(address, emg="1", **dict.fromkeys(PARAMETERS))
        emg = options.pop("emg") or ""
        if not emg.isdecimal() or emg == "0":
            raise SensorError(f"emg={emg}: write which EMG channel of the board is taken, 1 for the first")
        self._emg = int(emg)
        self._options = options
        self._place = address.place
        self._clock = clock
        self._worker: Worker[NDArray[np.float64]] = Worker("brainflow")
        self._board: Any = None
        self._descr: dict[str, Any] = {}
        self._name = address.place
        self._rows: Rows | None = None
        self._heard_s = 0.0

    async def open(self) -> Setup:
        """Start a session. Raises `LinkLostError` where the board does not answer, `SensorError`."""
        try:
            setup = await self._worker.run(self._start)
        except BaseException:
            await self.close()
            raise
        self._heard_s = self._clock.monotonic()
        return setup

    async def receive(self) -> Sequence[Reading]:
        """Return the readings of what has come. Raises `LinkLostError`, also after `SILENT_S` without a sample."""
        while True:
            if self._board is None or self._rows is None:
                raise LinkLostError(f"BrainFlow's {self._name} is not open")
            data = await self._worker.fetch(self._board.get_board_data)
            now_s = self._clock.monotonic()
            if data.shape[1]:
                self._rows.silent(now_s - self._heard_s - 2 * POLL_S)
                self._heard_s = now_s
                return self._readings(data, now_s)
            if now_s - self._heard_s > SILENT_S:
                raise LinkLostError(f"BrainFlow's {self._name} has sent nothing for {SILENT_S:g} s")
            await self._clock.sleep(POLL_S)

    async def request(self, missing: Missing) -> None:
        """Never called: BrainFlow keeps nothing once it was read."""

    async def close(self) -> None:
        """End the session."""
        await self._worker.drop()
        board, self._board = self._board, None
        if board is not None:
            await self._worker.run(lambda: _release(board))

    def _start(self) -> Setup:
        """Make the board and start its stream; blocks."""
        try:
            from brainflow.board_shim import (  # noqa: PLC0415 - an extra that need not be installed
                BoardIds,
                BoardShim,
                BrainFlowError,
                BrainFlowInputParams,
            )
        except ImportError as error:
            raise SensorError("BrainFlow needs the extra: pip install 'crampwatch[brainflow]'") from error
        board_id = _board_id(self._place, BoardIds)
        self._name = BoardIds(board_id).name
        params = BrainFlowInputParams()
        for name, value in self._options.items():
            if value is not None:
                setattr(params, name, self._parameter(name, value, BoardIds))
        BoardShim.disable_board_logger()  # it writes to the terminal
        try:
            board = BoardShim(board_id, params)
            self._descr = BoardShim.get_board_descr(board.get_board_id())
            master = BoardIds(board.get_board_id()).name
            setup = self._setup(master)
            self._board = board
            board.prepare_session()
            board.start_stream()
        except BrainFlowError as error:
            raise LinkLostError(f"BrainFlow's {self._name} does not start: {error}") from error
        if self._rows is None:
            self._rows = Rows(COUNTED.get(master), setup.streams[0].fs_hz)
        self._rows.reopen()
        return setup

    def _setup(self, master: str) -> Setup:
        """Return what the board gives by the table of its master board. Raises `SensorError` where it lacks EMG."""
        fs_hz = float(self._descr["sampling_rate"])
        emg = self._descr.get("emg_channels", [])
        if self._emg > len(emg):
            raise SensorError(f"emg={self._emg}: BrainFlow's table gives {len(emg)} EMG channels for {self._name}")
        streams = [self._wearing.emg(fs_hz, floats.EMG)]
        if len(self._descr.get("accel_channels", [])) == 3:  # noqa: PLR2004 - X, Y, Z
            streams.append(self._wearing.acc(fs_hz, floats.ACC))
        wired = any(self._options[name] for name in ("serial_port", "ip_address"))
        return Setup(
            device=Device(make=f"BrainFlow {self._name}", address=self._identity()),
            streams=tuple(streams),
            remarks=(*remarks_on_rate(fs_hz), *remarks_on_board(self._name, master, wired=wired)),
        )

    def _identity(self) -> str:
        named = (
            self._options[name] for name in ("mac_address", "serial_number", "serial_port", "ip_address", "file")
        )
        return next((name for name in named if name), self._name)

    def _parameter(self, name: str, value: str, board_ids: Any) -> str | int:
        if name == "master_board":
            return _board_id(value, board_ids)
        if name not in NUMBERS:
            return value
        if not value.isdecimal():
            raise SensorError(f"{name}={value}: write a number")
        return int(value)

    def _readings(self, data: NDArray[np.float64], received_s: float) -> list[Reading]:
        if self._rows is None:
            raise LinkLostError(f"BrainFlow's {self._name} is not open")
        packages = data[self._descr["package_num_channel"]].astype(np.int64)
        taken = [("emg", [self._descr["emg_channels"][self._emg - 1]], floats.EMG_STEP_UV)]
        if len(self._descr.get("accel_channels", [])) == 3:  # noqa: PLR2004 - X, Y, Z
            taken.append(("acc", self._descr["accel_channels"], floats.ACC_STEP_G))
        readings: list[Reading] = []
        bad = 0
        for part, counter in self._rows.place(packages):
            for stream, channels, step in taken:
                values = data[channels, part].T
                bad += int((~np.isfinite(values).all(axis=1)).sum())
                for run in floats.finite_runs(values):
                    counts = floats.counted(values[run], step)
                    at = counter + run.start
                    readings.append(
                        Chunk(stream, self._rows.epoch, at, counts, received_s, began=GapReason.LINK_LOST)
                    )
        return readings + ([Defects({Defect.DAMAGED: bad})] if bad else [])


def remarks_on_board(name: str, master: str, *, wired: bool) -> tuple[str, ...]:
    """Return what is to be said of a board; `master` is itself, or the one whose recording it plays."""
    return (
        SILENCE_REMARK,
        *(() if master in COUNTED else (UNCOUNTED_REMARK,)),
        *(() if wired or name in SIMULATED else (LICENCE_REMARK,)),
    )


def _board_id(text: str, board_ids: Any) -> int:
    """Return the number of a board that is given by name or number. Raises `SensorError` for none."""
    for board in board_ids:
        if text in (board.name, str(board.value)):
            return int(board.value)
    raise SensorError(f"BrainFlow knows no board {text!r}; write its name, as CYTON_BOARD, or its number")


def _release(board: Any) -> None:
    from brainflow.board_shim import BrainFlowError  # noqa: PLC0415 - loaded already by whoever made the board

    try:
        if board.is_prepared():
            board.release_session()
    except BrainFlowError:  # the board is gone: there is nothing left to release
        return


def board(address: Address, clock: HostClock) -> BrainFlowBoard:
    """Make the sensor at `brainflow:BOARD`. Raises `SensorError` for a bad option."""
    return BrainFlowBoard(address, clock)
