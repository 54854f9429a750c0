"""The machine: boots the guest, lets it run one command, gives back its exit status and what it left."""

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bluetooth.rig.parts import HERE, QEMU, Parts

ROOT = HERE.parent.parent.parent
LONGEST_S = 600  # a machine that hangs is ended; a run on a free computer takes a third of it


@dataclass(frozen=True, slots=True)
class Run:
    """What became of a command: its exit status (None where it never ended) and the folder of logs and results."""

    status: int | None
    folder: Path
    took_s: float

    def log(self, name: str, lines: int = 60) -> str:
        """Return the end of a log; empty where there is none."""
        path = self.folder / name
        text = path.read_text("utf-8", errors="replace") if path.exists() else ""
        return "\n".join(text.replace("\r", "").splitlines()[-lines:])


def run(parts: Parts, command: Sequence[str], folder: Path) -> Run:
    """Boot, run `command` in the root of the project, shut down. `folder` is the guest's /run/exchange."""
    began = time.monotonic()
    programs = f"{parts.bluez}/usr/libexec/bluetooth:{parts.bluez}/usr/bin:{Path(sys.executable).parent}"
    lines = [
        f"export PATH={shlex.quote(programs)}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        f"export HOME=/root CRAMPWATCH_RIG={shlex.quote(str(parts.folder))} PYTEST_DISABLE_PLUGIN_AUTOLOAD=1",
        f"cd {shlex.quote(str(ROOT))}",
        "rm -rf /var/lib/bluetooth && mkdir -p /var/lib/bluetooth",
        f"dbus-daemon --config-file={shlex.quote(str(HERE / 'dbus.conf'))} --fork",
        f"{shlex.join(command)} >/run/exchange/output.log 2>&1",
        "echo $? >/run/exchange/status",
    ]
    (folder / "run").write_text("\n".join(lines) + "\n", "utf-8")
    # the path of a UNIX socket is at most 107 bytes long, that of a test's folder may be longer
    sockets = Path(f"/tmp/crampwatch-rig-{os.getpid()}")  # noqa: S108 - made by mkdir, so nobody else's
    sockets.mkdir(mode=0o700)
    try:
        _run(parts, folder, sockets)
    finally:
        shutil.rmtree(sockets)
    status = folder / "status"
    return Run(int(status.read_text()) if status.exists() else None, folder, time.monotonic() - began)


def _run(parts: Parts, folder: Path, sockets: Path) -> None:
    """Run machine and air until the machine has shut down."""
    adapter, steering = sockets / "adapter", sockets / "steering"
    with (folder / "qemu.log").open("wb") as qemu_log, (folder / "air.log").open("wb") as air_log:
        machine = subprocess.Popen(  # noqa: S603 - our own command line
            _qemu(parts, folder, adapter, steering), stdin=subprocess.DEVNULL, stdout=qemu_log, stderr=qemu_log
        )
        air = None
        try:
            while not (adapter.exists() and steering.exists()) and machine.poll() is None:
                time.sleep(0.02)
            air = subprocess.Popen(  # noqa: S603 - as above
                [sys.executable, "-m", "tests.bluetooth.rig.air", str(adapter), str(steering)],
                stdin=subprocess.DEVNULL,
                stdout=air_log,
                stderr=air_log,
                cwd=folder,  # where the sensors leave what they sampled
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
            machine.wait(LONGEST_S)
        except subprocess.TimeoutExpired:
            qemu_log.write(f"ended after {LONGEST_S} s\n".encode())
        finally:
            for process in filter(None, (machine, air)):
                process.kill()
                process.wait()


def _qemu(parts: Parts, folder: Path, adapter: Path, steering: Path) -> list[str]:
    """Return the command line of QEMU."""
    # emulated, a second processor mostly waits for the first, which costs a core; AVX costs more than it saves
    emulated = "-accel tcg,tb-size=512 -cpu Nehalem -smp 1"
    processor = "-accel kvm -cpu host -smp 2" if _has_kvm() else emulated
    # `multidevs=remap`: the computer's files may lie on several devices, whose inode numbers must not meet
    shares = (
        "-fsdev local,id=root,path=/,security_model=none,readonly=on,multidevs=remap",
        "-device virtio-9p-pci,fsdev=root,mount_tag=host",
        f"-fsdev local,id=exchange,path={folder},security_model=none",
        "-device virtio-9p-pci,fsdev=exchange,mount_tag=exchange",
    )
    ports = [
        f"-chardev socket,id={name},path={path},server=on,wait=off "
        f"-device virtserialport,chardev={name},name={name}"
        for name, path in (("adapter", adapter), ("steering", steering))
    ]
    machine = (
        f"{QEMU} {processor} -M q35 -m 1536 -nodefaults -no-user-config -display none -no-reboot",
        f"-serial file:{folder}/console.log -kernel {parts.kernel} -initrd {parts.initramfs}",
        "-device virtio-serial-pci",
    )
    words = " ".join((*machine, *shares, *ports)).split()
    # on a computer that is busy at the start, the kernel measures the processor's counter wrongly, and finds its
    # timer not to work at all: it takes another clock, and does not try the timer
    clock = "clocksource=hpet tsc=unstable no_timer_check"
    return [*words, "-append", f"console=ttyS0 quiet panic=-1 mitigations=off nokaslr {clock}"]


def _has_kvm() -> bool:
    """Tell whether the processor runs guests by itself; /dev/kvm alone may be an emulation slower than QEMU's."""
    real = any(Path(f"/sys/module/kvm_{maker}").exists() for maker in ("intel", "amd"))
    return real and os.access("/dev/kvm", os.R_OK | os.W_OK)
