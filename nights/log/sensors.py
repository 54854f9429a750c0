"""Which sensor belongs to whom: a sensor is bound to a participant and a leg before it may count."""

from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from sqlalchemy import delete, insert, select, update

from nights.log.database import open_database
from nights.log.errors import LogError, reported
from nights.log.schema import BoundSensor, as_utc
from signals import Leg


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

    Close it, or use it in a `with` statement. Every method raises `LogError` where the database cannot be used.
    """

    def __init__(self, url: str) -> None:
        self._engine = open_database(url)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def bind(self, uri: str, participant: str, leg: Leg, at: datetime) -> Binding:
        """Bind a sensor; the same binding again changes nothing.

        Raises `LogError` where the sensor is bound to another leg or another participant: that is ended
        first, on purpose, so that no night lands with the wrong person.
        """
        there = self.of(uri)
        if there is None:
            values = {"uri": uri, "participant": participant, "leg": leg, "bound_at": as_utc(at)}
            with reported(self._engine.url), self._engine.begin() as connection:
                connection.execute(insert(BoundSensor).values(values))
            return Binding(uri=uri, participant=participant, leg=leg, serial=None, bound_at=as_utc(at))
        if (there.participant, there.leg) != (participant, leg):
            raise LogError(
                f"{uri} is bound to {there.participant}, leg {there.leg}; "
                f"end that first: crampwatch sensors unbind {uri}"
            )
        return there

    def unbind(self, uri: str) -> None:
        """End a binding; `LogError` where there is none."""
        with reported(self._engine.url), self._engine.begin() as connection:
            gone = connection.execute(delete(BoundSensor).where(BoundSensor.uri == uri)).rowcount
        if not gone:
            raise LogError(f"{uri} is not bound; crampwatch sensors list shows those that are")

    def of(self, uri: str) -> Binding | None:
        """Return whose sensor that is; None for an unknown one."""
        return next((binding for binding in self.all() if binding.uri == uri), None)

    def all(self) -> list[Binding]:
        """Return all bindings by participant and leg."""
        wanted: Any = select(BoundSensor.__table__).order_by(
            BoundSensor.participant, BoundSensor.leg, BoundSensor.uri
        )
        with reported(self._engine.url), self._engine.connect() as connection:
            return [Binding(**found) for found in connection.execute(wanted).mappings()]

    def recognise(self, uri: str, serial: str) -> None:
        """Remember the serial number of a bound sensor, or hold it against the one remembered.

        Raises `LogError` where another sensor answers at that place, as when two were swapped at a cable.
        """
        there = self.of(uri)
        if there is None or there.serial is None:
            with reported(self._engine.url), self._engine.begin() as connection:
                connection.execute(update(BoundSensor).where(BoundSensor.uri == uri).values(serial=serial))
        elif there.serial != serial:
            raise LogError(
                f"the sensor at {uri} says it is {serial}, but {there.serial} is the one bound to "
                f"{there.participant}, leg {there.leg}. If the change is meant: "
                f"crampwatch sensors unbind {uri}, and bind it again"
            )
