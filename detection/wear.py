"""Wear: electrode contact first, then acceleration; stillness alone says nothing.

A still sleeper with good contact is worn (GGIR and its kin take quiet sleep for non-wear). Without contact
the time is lost as lead-off; where the sensor also lies as still as a table, it is not worn.
"""

from detection.movement import MovementScore


class WearMeter:
    """Tells, tick by tick, when lost contact has become a sensor that is not worn."""

    def __init__(self, *, still_g: float, not_worn_s: float, tick_s: float) -> None:
        self._still_g = still_g
        self._needed = round(not_worn_s / tick_s)
        self._tick_s = tick_s
        self._run = 0

    def update(self, end_s: float, movement: MovementScore | None, *, contact: bool) -> bool:
        """Take the next tick, which ends at `end_s`; return whether the sensor is not worn in it."""
        if contact or movement is None or not movement.still_until(end_s, self._tick_s, self._still_g):
            self._run = 0
        else:
            self._run += 1
        return self._run >= self._needed
