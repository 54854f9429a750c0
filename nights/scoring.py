"""A night as it is scored: stream items in, scored episodes and flags out, at the end one record."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

from detection import Detector, Ended, NightTrace
from models import Label, Profile, ScoredEpisode, fingerprint, leg_movements
from nights.record import Missing, NightRecord, Provenance, Recording, ValidNight
from signals import Stream, StreamItem


@dataclass(frozen=True, slots=True)
class Flag:
    """The live statement that a contraction in progress looks like a cramp.

    `onset_s` and `raised_s` are seconds from the start of the recording.
    """

    onset_s: float
    raised_s: float


class NightScorer:
    """Scores one night, live or recorded, by one profile.

    `update` returns the flags and the scored episodes that an item completes, in that order of time; `finish`
    returns the record. One contraction is flagged once. The constructor raises `ProfileError` where the profile
    names a learned model that cannot be used here.
    """

    def __init__(self, streams: Sequence[Stream], profile: Profile, valid: ValidNight | None = None) -> None:
        self._profile = profile
        self._valid = valid or ValidNight()
        self._detector = Detector(streams, profile.detection)
        self._classifier = profile.new_classifier()
        self._episodes: list[ScoredEpisode] = []
        self._flagged = -1  # end of the last look that raised a flag, in samples

    def update(self, item: StreamItem) -> list[Flag | ScoredEpisode]:
        """Take the next item of any stream."""
        found: list[Flag | ScoredEpisode] = []
        for episode in self._detector.update(item):
            if episode.ended is not Ended.OPEN:
                scored = self._classifier.score(episode)
                self._episodes.append(scored)
                found.append(scored)
            elif episode.start > self._flagged and self._classifier.flags(episode):
                self._flagged = episode.end
                found.append(Flag(episode.start_s, episode.end_s))
            elif episode.start <= self._flagged:
                self._flagged = max(self._flagged, episode.end)
        return found

    def finish(self, recording: Recording) -> NightRecord:
        """End the night and return its record."""
        self._episodes += [self._classifier.score(episode) for episode in self._detector.finish()]
        coverage = self._detector.coverage()
        cramps = sum(scored.label is Label.CRAMP for scored in self._episodes)
        seen = coverage.usable_s > 0
        return NightRecord(
            recording=recording,
            provenance=self._provenance(recording),
            monitored_s=coverage.monitored_s,
            usable_s=coverage.usable_s,
            lost_s=coverage.lost_s,
            gaps=coverage.gaps,
            episodes=tuple(sorted(self._episodes, key=lambda scored: scored.episode.start)),
            cramp_count=cramps if seen else None,
            missing=None if seen else Missing.NO_USABLE_TIME,
            valid=self._valid.holds(coverage.usable_s, coverage.monitored_s),
            leg_movements=leg_movements(self._episodes),
            too_short=self._detector.too_short,
            mains_hz=self._detector.mains_hz,
        )

    def trace(self) -> NightTrace:
        """Return the night so far at a glance."""
        return self._detector.trace()

    def _provenance(self, recording: Recording) -> Provenance:
        """Name what made the result; the configuration is what was said about the recording, not its content."""
        config = {
            "participant": recording.participant,
            "channel": recording.channel,
            "leg": recording.leg,
            "muscle": recording.muscle,
            "zone": recording.zone,
            "has_acceleration": recording.has_acceleration,
            "valid_usable_h": self._valid.usable_h,
            "valid_usable_share": self._valid.usable_share,
        }
        return Provenance(
            software=f"crampwatch {version('crampwatch')}",
            profile=self._profile.name,
            profile_hash=self._profile.hash,
            model=self._classifier.model_id,
            config_hash=fingerprint(config),
        )
