"""The Bluetooth peers, heard by a Bumble central in one process: what they send is what the decoders read.

The drivers' own way, through BlueZ, is in tests/bluetooth.
"""

import asyncio
from collections.abc import Callable

from bumble.core import UUID
from bumble.device import Device, DeviceConfiguration, Peer
from bumble.gatt_client import CharacteristicProxy
from bumble.hci import Address
from bumble.link import LocalLink

from firmware_bridge.carriers.ble import Notification
from firmware_bridge.drivers import umyo_signals
from firmware_bridge.drivers.bitalino import COMMANDS, FRAMES
from firmware_bridge.drivers.bitalino_frames import FrameDecoder, Run
from firmware_bridge.drivers.umyo import TELEMETRY, Assembler
from firmware_bridge.readings import Reading
from firmware_bridge.virtual.local_air import host_on
from tests.firmware_bridge.drivers.peers import bitalino_ble, umyo_ble
from tests.firmware_bridge.drivers.readings import defects_of, samples_of

Heard = Callable[[bytes], None]


async def connect(link: LocalLink, address: str) -> Peer:
    central = Device(
        host=host_on(link, "central"), config=DeviceConfiguration(address=Address("F0:F1:F2:F3:F4:F5"))
    )
    await central.power_on()
    peer = Peer(await central.connect(Address(address)))
    await peer.request_mtu(247)
    await peer.discover_all()
    return peer


def characteristic(peer: Peer, uuid: str) -> CharacteristicProxy[bytes]:
    (found,) = peer.get_characteristics_by_uuid(UUID(uuid))
    return found


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not done():  # noqa: ASYNC110 - what is waited for is in many places
            await asyncio.sleep(0.01)


def test_a_umyo_is_heard_and_goes_on_counting_while_nobody_listens() -> None:
    readings: list[Reading] = []

    async def listen(link: LocalLink, assembler: Assembler, n: int) -> None:
        peer = await connect(link, umyo_ble.ADDRESS)
        assert peer.connection.att_mtu == 64
        before = len(samples_of(readings, "emg"))

        def heard(value: bytes) -> None:
            now_s = asyncio.get_running_loop().time()
            readings.extend(assembler.take([Notification(TELEMETRY, bytes(value), now_s)]))

        await characteristic(peer, TELEMETRY).subscribe(heard)
        await until(lambda: len(samples_of(readings, "emg")) - before >= n)
        await peer.connection.disconnect()

    async def scene() -> None:
        link = LocalLink()
        sensor = await umyo_ble.attach(link)
        assembler = Assembler(umyo_ble.RATE_HZ)
        await listen(link, assembler, 500)
        await asyncio.sleep(0.5)
        assembler.reopen()
        await listen(link, assembler, 500)
        await sensor.restart()
        assembler.reopen()
        await listen(link, assembler, 240)
        await sensor.stop()

    asyncio.run(scene())
    emg, acc = samples_of(readings, "emg"), samples_of(readings, "acc")
    assert defects_of(readings) == {}
    assert {epoch for epoch, _ in emg} == {0, 1}
    assert all(row == (umyo_ble.made_up_emg(at) - umyo_signals.MIDDLE,) for (_, at), row in emg.items())
    counts = sorted(at for epoch, at in emg if epoch == 0)
    assert len(counts) < counts[-1] - counts[0] + 1  # while nobody listened, the queue ran over
    per_acc = Assembler(umyo_ble.RATE_HZ).samples_per_acc
    for (_, place), row in acc.items():  # the first number says how many blocks had been taken when it was sent
        assert -per_acc <= row[0] * 8 - place * per_acc <= 256 + 2 * per_acc


def test_a_bitalino_answers_and_streams() -> None:
    runs: list[Run] = []
    answers: list[bytes] = []

    async def scene() -> None:
        link = LocalLink()
        sensor = await bitalino_ble.attach(link)
        peer = await connect(link, bitalino_ble.ADDRESS)
        decoder = FrameDecoder(4)

        def heard(value: bytes) -> None:
            assert len(value) <= 20
            if sensor.board.live:
                runs.extend(decoder.feed(bytes(value)))
            else:
                answers.append(bytes(value))

        await characteristic(peer, FRAMES).subscribe(heard)
        commands = characteristic(peer, COMMANDS)
        await commands.write_value(b"\x07", with_response=True)
        await until(lambda: bool(answers))
        await commands.write_value(b"\xc3", with_response=True)
        await commands.write_value(bytes([0b0011_1101]), with_response=True)
        await until(lambda: sum(len(run.counts) for run in runs) >= 500)
        await commands.write_value(b"\xff", with_response=True)
        assert decoder.defects == {}
        values = [row for run in runs for row in run.counts.tolist()]
        assert values == [sensor.board.values(sample) for sample in range(len(values))]
        await peer.connection.disconnect()
        await sensor.stop()

    asyncio.run(scene())
    assert b"".join(answers) == b"BITalino_v5.2\n"
    assert [run.step for run in runs] == [None] + [1] * (len(runs) - 1)
