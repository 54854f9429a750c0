"""Changes of state, each said once to everybody: the log, the night file, and, for a fault, whoever is notified."""

from datetime import datetime

from crampwatch.monitoring.health import Cause, State, Trouble, in_words, worst
from crampwatch.monitoring.journal import Journal
from crampwatch.monitoring.notices import Notices
from crampwatch.monitoring.watched_night import WatchedNight
from recordings.night_file import NoteKind


class Announcer:
    """Says what is wrong with one sensor whenever that changes."""

    def __init__(self, name: str, journal: Journal, notices: Notices) -> None:
        self.state = State.OK
        self.words = "starting"
        self._name = name
        self._journal = journal
        self._notices = notices
        self._causes: frozenset[tuple[Cause, State]] = frozenset()
        self._faults: frozenset[Cause] = frozenset()

    def update(self, found: tuple[Trouble, ...], night: WatchedNight | None, utc: datetime) -> None:
        """Take what is wrong now. A change of its words alone, such as a length of time, is not said."""
        self.state, self.words = worst(found), in_words(found)
        causes = frozenset((trouble.cause, trouble.state) for trouble in found)
        if causes == self._causes:
            return
        self._causes = causes
        self._journal.say("state", f"{self.state.name}: {self.words}", state=self.state.name)
        if night is not None:
            night.recorder.note(NoteKind.STATE, f"{self.state.name}: {self.words}", utc)
        faults = frozenset(trouble.cause for trouble in found if trouble.state is State.FAULT)
        if faults - self._faults:
            self._notices.send(f"CrampWatch FAULT: {self._name}", self.words)
        elif self._faults and not faults:
            self._notices.send(f"CrampWatch {self.state.name}: {self._name}", self.words)
        self._faults = faults
