"""A short hash of settings, the same on every machine, for every row that they had a part in."""

import hashlib
import json
from dataclasses import asdict, is_dataclass
from typing import Any

LENGTH = 16


def fingerprint(settings: Any) -> str:
    """SHA-256 of the canonical JSON of a dataclass or JSON value, first 16 hex digits."""
    plain = asdict(settings) if is_dataclass(settings) and not isinstance(settings, type) else settings
    canonical = json.dumps(plain, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:LENGTH]
