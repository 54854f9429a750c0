"""The parts of the rig: QEMU, a kernel, bluetoothd, busybox, from Debian's packages, in the user's cache.

`python -m tests.bluetooth.rig.parts` fetches them. Only QEMU is installed (by root); the rest is unpacked.
"""

import fcntl
import hashlib
import lzma
import os
import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from tests.bluetooth.rig.initramfs import write_initramfs

HERE = Path(__file__).parent
QEMU = "qemu-system-x86_64"
# Debian's 6.1.192 (6.1.0-55, -56) has a fault in its Bluetooth part: a sensor that lost its bond stops the kernel
# (list_debug.c:56, hci_chan_del). These builds, the best known first, do not.
KERNELS = tuple(f"linux-image-6.1.0-{abi}-amd64" for abi in (50, 47, 54, 53))
OTHERS = ("bluez", "busybox-static")
LIBRARIES = "libasound2 libdbus-1-3 libdw1 libglib2.0-0 libreadline8"  # of bluetoothd and bluetoothctl
INSTALLED = {QEMU: "qemu-system-x86", "gcc": "gcc libc6-dev", "dbus-daemon": "dbus-daemon"}
# ecdh_generic comes after drbg: otherwise its self-test fails and with it LE Secure Connections;
# bluetoothd needs algif_* with ecb and cmac for its own static address
MODULES = (
    *("virtio_pci", "9pnet_virtio", "9p", "overlay", "virtio_console", "sha512_generic", "ctr", "drbg"),
    *("ecdh_generic", "cmac", "ecb", "ccm", "algif_hash", "algif_skcipher", "bluetooth", "hci_vhci"),
)
MODULE_FOLDERS = (
    *("net/bluetooth", "net/9p", "net/rfkill", "fs/9p", "fs/netfs", "fs/fscache", "fs/overlayfs"),
    *("drivers/bluetooth", "drivers/virtio", "drivers/char", "crypto", "arch/x86/crypto", "lib"),
)


class UnavailableError(Exception):
    """The parts cannot be had on this computer; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Where the unpacked parts lie."""

    folder: Path

    @property
    def kernel(self) -> Path:
        """The kernel, not compressed: unpacking itself would cost 3 s of every start."""
        return self.folder / "vmlinux"

    @property
    def initramfs(self) -> Path:
        """The first files of the guest."""
        return self.folder / "initramfs"

    @property
    def bluez(self) -> Path:
        """The root of the unpacked package bluez."""
        return self.folder / "bluez"

    @property
    def pipe(self) -> Path:
        """The program that joins /dev/vhci to a virtio port."""
        return self.folder / "vhci"


def fetch() -> Parts:
    """Return the parts, fetching what is not there. Raises `UnavailableError`."""
    if sys.platform != "linux" or os.uname().machine != "x86_64" or not shutil.which("apt-get"):
        raise UnavailableError("the Bluetooth rig needs Linux on x86-64 with apt-get (Debian 12)")
    sources = [Path(__file__), HERE / "initramfs.py", HERE / "vhci.c", HERE / "init"]
    version = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]
    cache = platformdirs.user_cache_path("crampwatch") / "bluetooth-rig"
    parts = Parts(cache / version)
    cache.mkdir(parents=True, exist_ok=True)
    with _alone(cache / "lock"):
        _install([package for name, package in INSTALLED.items() if not shutil.which(name)])
        if not parts.folder.exists():
            making = cache / f"{version}.new"
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir()
            _make(_packages(cache / "packages"), Parts(making))
            making.rename(parts.folder)
        if "not found" in _run("ldd", str(parts.bluez / "usr/libexec/bluetooth/bluetoothd")).decode():
            _install([LIBRARIES])
    return parts


@contextmanager
def _alone(lock: Path) -> Generator[None]:
    """Keep other processes out: tests of several workers may fetch at once."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _install(missing: list[str]) -> None:
    """Install the packages that are missing."""
    if not missing:
        return
    packages = " ".join(missing)
    if os.geteuid() != 0:
        raise UnavailableError(f"the Bluetooth rig needs more packages: sudo apt-get install {packages}")
    _apt("update")
    _apt("install", "--yes", "--no-install-recommends", *packages.split())


def _packages(folder: Path) -> list[Path]:
    """Download the packages that are only unpacked: kernel first, then the others."""
    folder.mkdir(exist_ok=True)
    found = [next(iter(sorted(folder.glob(f"{name}_*.deb"))), None) for name in OTHERS]
    kernels = (path for name in KERNELS for path in folder.glob(f"{name}_*.deb"))
    kernel = next(kernels, None)
    if kernel is None or None in found:
        if not any(map(_known, KERNELS)):
            _apt("update")
        name = next(filter(_known, KERNELS), None)
        if name is None:
            raise UnavailableError(f"none of the kernels that are known to work is to be had: {', '.join(KERNELS)}")
        _apt("download", name, *OTHERS, folder=folder)
        return _packages(folder)
    return [kernel, *(path for path in found if path)]


def _known(package: str) -> bool:
    """Tell whether apt knows a package."""
    shown = subprocess.run(["apt-cache", "show", package], capture_output=True, check=False)  # noqa: S603, S607 - Debian's own tools
    return shown.returncode == 0


def _apt(*arguments: str, folder: Path | None = None) -> None:
    """Run apt-get; raises `UnavailableError` with what it said."""
    _run("apt-get", "--quiet", *arguments, folder=folder)


def _run(*command: str, folder: Path | None = None) -> bytes:
    """Run a program; return its output. Raises `UnavailableError` with what it said."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, capture_output=True, check=False, cwd=folder, env=environment)  # noqa: S603 - as above
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip()
        raise UnavailableError(f"{' '.join(command)} failed: {said[-2000:]}")
    return done.stdout


def _make(packages: list[Path], parts: Parts) -> None:
    """Unpack the packages and write what the guest starts from."""
    kernel, bluez, busybox = packages
    unpacked = parts.folder / "kernel"
    for package, folder in ((kernel, unpacked), (bluez, parts.bluez), (busybox, parts.folder / "busybox")):
        _run("dpkg-deb", "--extract", str(package), str(folder))
    (image,) = unpacked.glob("boot/vmlinuz-*")
    packed = image.read_bytes()
    parts.kernel.write_bytes(lzma.LZMADecompressor().decompress(packed[packed.index(b"\xfd7zXZ\0") :]))
    _run("gcc", "-O2", "-Wall", "-Werror", "-static", "-o", str(parts.pipe), str(HERE / "vhci.c"))
    (modules,) = unpacked.glob("lib/modules/*/kernel")
    found = [path for folder in MODULE_FOLDERS for path in (modules / folder).rglob("*.ko")]
    shell = (parts.folder / "busybox" / "bin" / "busybox").read_bytes()
    write_initramfs(parts.initramfs, found, MODULES, shell, (HERE / "init").read_bytes())
    shutil.rmtree(unpacked)
    shutil.rmtree(parts.folder / "busybox")


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{fetch().folder}\n")
    except UnavailableError as error:
        sys.exit(str(error))
