"""What the glossary defines, for tests of everything that writes columns or keys."""

import re
from pathlib import Path
from typing import Any, cast

GLOSSARY = Path(__file__).parents[1] / "docs" / "glossary.md"


def undefined(words: set[str]) -> set[str]:
    """Return the words that the glossary does not define."""
    return words - set(re.findall(r"`([^`]+)`", GLOSSARY.read_text("utf-8")))


def keys(value: Any) -> set[str]:
    """Return every key at any depth of a JSON value."""
    if isinstance(value, dict):
        entries = cast("dict[str, Any]", value)
        return set(entries).union(*(keys(inner) for inner in entries.values()))
    return (
        set[str]().union(*(keys(inner) for inner in cast("list[Any]", value))) if isinstance(value, list) else set()
    )
