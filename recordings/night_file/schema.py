"""The tables of a night file, and the triggers that let nothing be changed or taken away."""

APPLICATION_ID = 0x43574E46  # "CWNF"; stands at byte 68 of the file, where `file` and SQLite look for it
FORMAT_VERSION = 1  # `PRAGMA user_version`
PAGE_BYTES = 16384  # some seconds of rows; on small pages every second would leave up to half unused
PRAGMAS = (
    f"PRAGMA page_size = {PAGE_BYTES}",
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {FORMAT_VERSION}",
)

COLUMNS = {
    "header": ("document TEXT NOT NULL",),
    "blocks": (
        "stream TEXT NOT NULL",
        "first_sample INTEGER NOT NULL",
        "n INTEGER NOT NULL",
        "epoch INTEGER NOT NULL",
        "counter INTEGER NOT NULL",
        "received_s REAL NOT NULL",
        "received TEXT NOT NULL",
        "lead_off INTEGER NOT NULL",
        "saturated INTEGER NOT NULL",
        "width INTEGER NOT NULL",
        "counts BLOB NOT NULL",
    ),
    "gaps": (
        "stream TEXT NOT NULL",
        "first_sample INTEGER NOT NULL",
        "end_sample INTEGER NOT NULL",
        "reason TEXT NOT NULL",
    ),
    "notes": ("at TEXT NOT NULL", "kind TEXT NOT NULL", "text TEXT NOT NULL"),
    "anchors": (
        "sample INTEGER NOT NULL",
        "monotonic_s REAL NOT NULL",
        "utc TEXT NOT NULL",
        "synchronised INTEGER NOT NULL",
    ),
    "finished": ("sha256 TEXT NOT NULL",),
}
"""Columns of each table between `id` and `crc32`; the order of the tables is that of the SHA-256."""

CONTENT = tuple(table for table in COLUMNS if table != "finished")
ONCE = ("header", "finished")  # these have one row


def statements() -> list[str]:
    """Return the SQL that makes the tables and triggers of an empty night file, after `PRAGMAS`."""
    made: list[str] = []
    for table, columns in COLUMNS.items():
        key = "id INTEGER PRIMARY KEY CHECK (id = 1)" if table in ONCE else "id INTEGER PRIMARY KEY"
        made.append(f"CREATE TABLE {table} ({', '.join((key, *columns, 'crc32 INTEGER NOT NULL'))}) STRICT")
        made.append(_refusal(f"{table}_no_update", f"UPDATE ON {table}", "a night file is append-only"))
        made.append(_refusal(f"{table}_no_delete", f"DELETE ON {table}", "a night file is append-only"))
        # INSERT OR REPLACE deletes without the trigger for DELETE where recursive_triggers is off
        taken = f"INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"  # noqa: S608 - own names
        made.append(_refusal(f"{table}_no_replace", taken, "a night file is append-only"))
        finished = f"INSERT ON {table} WHEN EXISTS (SELECT 1 FROM finished)"  # noqa: S608 - own names
        made.append(_refusal(f"{table}_no_more", finished, "a finished night file never changes"))
    return made


def _refusal(name: str, event: str, words: str) -> str:
    return f"CREATE TRIGGER {name} BEFORE {event} BEGIN SELECT RAISE(ABORT, '{words}'); END"


def insert(table: str) -> str:
    """Return the statement that appends a row, all columns but the id."""
    places = ", ".join("?" for _ in range(len(COLUMNS[table]) + 1))
    names = ", ".join([*(column.split()[0] for column in COLUMNS[table]), "crc32"])
    return f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608 - names from COLUMNS, nothing from outside
