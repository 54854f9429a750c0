"""Which sensor belongs to whom: a sensor is bound to a participant and a leg before it may count."""

from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from nights.log.audit import SOFTWARE, Actor, Change, digest, record
from nights.log.database import open_database
from nights.log.errors import LogError, reported
from nights.log.schema import BoundSensor, as_utc
from nights.night_json import JsonObject
from signals import Leg

COLUMNS = tuple(BoundSensor.__table__.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """One sensor and whose it is.

    `uri` is where it is reached, `serial` what the sensor itself says it is, None until it has been seen.
    `bound_at` is in UTC.
    """

    uri: str
    participant: str
    leg: Leg
    serial: str | None
    bound_at: datetime


class SensorRegister:
    """The sensors in the database at `url`, which is made or brought up to date on opening.

    Every change goes into the audit trail in the same transaction, as done by `by`. Close it, or use it in a `with`
    statement. Every method raises `LogError` where the database cannot be used, and for a change that the role of
    `by` may not make; nothing is then changed.
    """

    def __init__(self, url: str, by: Actor = SOFTWARE) -> None:
        self._engine = open_database(url)
        self._by = by

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def bind(self, uri: str, participant: str, leg: Leg, at: datetime, why: str = "bound") -> Binding:
        """Bind a sensor; the same binding again changes nothing.

        Raises `LogError` where the sensor is bound to another leg or another participant: that is ended
        first, on purpose, so that no night lands with the wrong person.
        """
        values = {"uri": uri, "participant": participant, "leg": leg, "bound_at": as_utc(at)}
        with reported(self._engine.url):
            try:
                with self._engine.begin() as connection:
                    connection.execute(insert(BoundSensor).values(values))
                    self._enter(connection, uri, None, at, why)
            except IntegrityError:
                there = self.of(uri)
                if there is None:
                    raise
            else:
                return Binding(uri=uri, participant=participant, leg=leg, serial=None, bound_at=as_utc(at))
        if (there.participant, there.leg) != (participant, leg):
            raise LogError(f"{uri} is bound to {there.participant}, leg {there.leg}; end that first: {ending(uri)}")
        return there

    def unbind(self, uri: str, at: datetime, why: str) -> None:
        """End a binding; `LogError` where there is none, or no reason is given."""
        if not why.strip():
            raise LogError(f"to end a binding takes a reason: {ending(uri)}")
        with reported(self._engine.url), self._engine.begin() as connection:
            gone = delete(BoundSensor).where(BoundSensor.uri == uri).returning(*COLUMNS)
            row = connection.execute(gone).mappings().first()
            if row is None:
                raise LogError(f"{uri} is not bound; crampwatch sensors list shows those that are")
            self._enter(connection, uri, _said(dict(row)), at, why)

    def of(self, uri: str) -> Binding | None:
        """Return whose sensor that is; None for an unknown one."""
        return next((binding for binding in self.all() if binding.uri == uri), None)

    def all(self) -> list[Binding]:
        """Return all bindings by participant and leg."""
        wanted: Any = select(*COLUMNS).order_by(BoundSensor.participant, BoundSensor.leg, BoundSensor.uri)
        with reported(self._engine.url), self._engine.connect() as connection:
            return [Binding(**found) for found in connection.execute(wanted).mappings()]

    def recognise(self, uri: str, serial: str, at: datetime) -> None:
        """Remember the serial number of a bound sensor, or hold it against the one remembered.

        Raises `LogError` where another sensor answers at that place, as when two were swapped at a cable.
        """
        there = self.of(uri)
        if there is not None and there.serial is None:
            there = self._learn(uri, serial, at)
        if there is not None and there.serial != serial:
            raise LogError(
                f"the sensor at {uri} says it is {serial}, but {there.serial} is the one bound to "
                f"{there.participant}, leg {there.leg}. If the change is meant: {ending(uri)}, and bind it again"
            )

    def _learn(self, uri: str, serial: str, at: datetime) -> Binding | None:
        """Remember a serial number where none is remembered, and return the binding as it then is."""
        unseen = (BoundSensor.uri == uri, BoundSensor.serial.is_(None))
        with reported(self._engine.url), self._engine.begin() as connection:
            learned = update(BoundSensor).where(*unseen).values(serial=serial).returning(*COLUMNS)
            row = connection.execute(learned).mappings().first()
            if row is not None:
                self._enter(
                    connection, uri, _said({**row, "serial": None}), at, "the sensor said its serial number"
                )
        return self.of(uri)

    def _enter(self, connection: Connection, uri: str, before: JsonObject | None, at: datetime, why: str) -> None:
        """Enter into the audit trail what a binding was, and what it is in the database now."""
        row = connection.execute(select(*COLUMNS).where(BoundSensor.uri == uri)).mappings().first()
        after = None if row is None else _said(dict(row))
        record(connection, self._by, at, [Change(kind="sensor", key=uri, before=before, after=after, why=why)])


def ending(uri: str) -> str:
    """Return the command that ends a binding."""
    return f'crampwatch sensors unbind {uri} --why "…"'


def _said(row: JsonObject) -> JsonObject:
    """Return what the audit trail says of a binding: its columns, and the digest of them."""
    return {"digest": digest(row), **row, "bound_at": row["bound_at"].isoformat(timespec="microseconds")}
