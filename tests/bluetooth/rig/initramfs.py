"""The first files of the guest, as the Linux kernel takes them.

Source: Documentation/driver-api/early-userspace/buffer-format.rst of the kernel.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

FOLDER, PROGRAM, FILE = 0o040755, 0o100755, 0o100644


def write_initramfs(out: Path, modules: Iterable[Path], wanted: Sequence[str], busybox: bytes, init: bytes) -> None:
    """Write a `newc` archive, not compressed, with busybox, /init, the wanted modules and what they depend on.

    `modules` are the files of all modules that may be needed; `/mod/order` lists those taken in the order to load.
    """
    order = _in_order(modules, wanted)
    entries = [(name, FOLDER, b"") for name in ("bin", "dev", "proc", "sys", "lower", "up", "new", "mod")]
    entries += [("bin/busybox", PROGRAM, busybox), ("init", PROGRAM, init)]
    entries += [(f"mod/{path.name}", FILE, path.read_bytes()) for path in order]
    entries += [("mod/order", FILE, "".join(f"{path.name}\n" for path in order).encode()), ("TRAILER!!!", 0, b"")]
    with out.open("wb") as file:
        for inode, (name, mode, content) in enumerate(entries, 1):
            _write_entry(file, inode, name, mode, content)


def _write_entry(file: BinaryIO, inode: int, name: str, mode: int, content: bytes) -> None:
    """Write one file: magic, 13 numbers in hexadecimal, name and content, each padded to 4 bytes."""
    terminated = name.encode() + b"\0"
    numbers = (inode, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(terminated), 0)
    head = b"070701" + b"".join(b"%08X" % number for number in numbers) + terminated
    file.write(head + b"\0" * (-len(head) % 4) + content + b"\0" * (-len(content) % 4))


def _in_order(modules: Iterable[Path], wanted: Sequence[str]) -> list[Path]:
    """Return the wanted modules, each after those that it says it depends on."""
    files = {path.stem.replace("-", "_"): path for path in modules}
    order: list[Path] = []

    def add(name: str) -> None:
        path = files[name.replace("-", "_")]
        if path not in order:
            depends = re.search(rb"\0depends=([^\0]*)\0", path.read_bytes())
            for other in filter(None, depends.group(1).decode().split(",") if depends else ()):
                add(other)
            order.append(path)

    for name in wanted:
        add(name)
    return order
