"""Enters the bindings of sensors into the audit trail, and gives nights columns for the sensor's battery."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from nights.log.audit import SOFTWARE, Change, digest, entries, record
from nights.log.audit.contents import night_digests
from nights.log.schema import ADDED_TO_NIGHT

revision = "0005"
down_revision = "0004"

COLUMNS = ("battery_start_share", "battery_end_share", "battery_start_v", "battery_end_v")
UNAUDITED = "was changed while the log did not audit bindings"
DROPPED = "went back to a version of the log without battery levels"


def upgrade() -> None:
    """Add the columns, and enter every binding that the trail does not have as it is."""
    for column in COLUMNS:
        op.add_column("night", sa.Column(column, sa.Float()))
    connection = op.get_bind()
    record(connection, SOFTWARE, datetime.now(UTC), _unaudited(connection))


def downgrade() -> None:
    """Drop the columns with what they hold; the trail says of which nights."""
    connection = op.get_bind()
    held = " OR ".join(f"{column} IS NOT NULL" for column in COLUMNS)
    ids = list(connection.scalars(sa.text(f"SELECT id FROM night WHERE {held} ORDER BY id")))  # noqa: S608 - our own
    before = dict(night_digests(connection, ids, set(ADDED_TO_NIGHT).difference(COLUMNS)))
    for column in COLUMNS:
        op.drop_column("night", column)
    changes = [
        Change(kind="night", key=key, before={"digest": before[key]}, after={"digest": after}, why=DROPPED)
        for key, after in night_digests(connection, ids, ADDED_TO_NIGHT)
    ]
    record(connection, SOFTWARE, datetime.now(UTC), changes)


def _unaudited(connection: sa.Connection) -> list[Change]:
    """Return what became of bindings that the trail knows nothing of, or something else."""
    known = {entry.key: entry.after for entry in entries(connection) if entry.kind == "sensor"}
    rows = connection.execute(sa.text("SELECT uri, participant, leg, serial, bound_at FROM sensor ORDER BY uri"))
    changes: list[Change] = []
    for row in rows.mappings():
        before, after = known.pop(row["uri"], None), {"digest": digest(dict(row)), **row}
        if before is None or before["digest"] != after["digest"]:
            changes.append(_change(row["uri"], before, after))
    gone = [_change(uri, before, None) for uri, before in known.items() if before is not None]
    return changes + gone


def _change(uri: str, before: dict[str, Any] | None, after: dict[str, Any] | None) -> Change:
    return Change(kind="sensor", key=uri, before=before, after=after, why=UNAUDITED)
