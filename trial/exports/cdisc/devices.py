"""Sensors, and the software that counted, as devices: what they are, who wore them, how they were set."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import date
from itertools import groupby

from nights.record import Provenance
from signals import Leg
from trial.exports.cdisc import terms
from trial.exports.cdisc.model import Row
from trial.exports.cdisc.subjects import Subject
from trial.exports.data import StudyData
from trial.nightly import LegNight
from trial.records import Version

ELEMENTS = ("SOFTWARE", "PROFILE", "PROFHASH", "MODEL", "CFGHASH")
"""Identifier elements of a scorer, in the order of the fields of `Provenance`."""


def joined(made_by: Iterable[Provenance], version: Version) -> Provenance:
    """Return several provenances as one, differing values joined by semicolons.

    Where nothing was scored it is that of the version, without a model and a configuration.
    """
    distinct = tuple(dict.fromkeys(made_by))
    if not distinct:
        return Provenance(
            software=version.software,
            profile=version.profile,
            profile_hash=version.profile_hash,
            model="",
            config_hash="",
        )
    values = {
        field.name: ";".join(dict.fromkeys(str(getattr(one, field.name)) for one in distinct))
        for field in fields(Provenance)
    }
    return Provenance(**values)


def elements(made_by: Provenance) -> tuple[str | None, ...]:
    """Return what identifies a scorer, in the order of `ELEMENTS`; None for what there is not."""
    return tuple(getattr(made_by, field.name) or None for field in fields(Provenance))


class Scorers:
    """The distinct things that made the records, each a device with an identifier of its own."""

    def __init__(self, data: StudyData) -> None:
        self._version = data.version
        self._ids: dict[Provenance, str] = {}
        self.of(())
        for night in data.nights:
            for leg in night.legs:
                self.of(leg.made_by)
            self.of(made_by for leg in night.legs for made_by in leg.made_by)

    def of(self, made_by: Iterable[Provenance]) -> str:
        """Return the device that stands for what made a record."""
        one = joined(made_by, self._version)
        return self._ids.setdefault(one, f"SCORER-{len(self._ids) + 1:04d}")

    def all(self) -> tuple[tuple[Provenance, str], ...]:
        """Return all of them with their identifiers."""
        return tuple(self._ids.items())


def sensor_of(subject: Subject, leg: Leg, night: date) -> str:
    """Return the serial number of the sensor that the study has assigned, or a stand-in where it names none."""
    for device in subject.participant.devices:
        begins, ends = device.first_night or subject.first, device.last_night or subject.last
        if device.leg == leg and begins <= night <= ends:
            return device.serial
    return f"NOSERIAL-{subject.participant.id}-{leg}"


def identifiers(data: StudyData, subjects: dict[str, Subject], scorers: Scorers) -> Iterator[Row]:
    """Give the records of DI."""
    labels = dict(terms.DEVICE_CODE.terms)

    def row(device: str, code: str, value: str) -> Row:
        return {
            "STUDYID": data.study.name,
            "DOMAIN": "DI",
            "SPDEVID": device,
            "DIPARMCD": code,
            "DIPARM": labels[code],
            "DIVAL": value,
        }

    worn = {str(exposure["SPDEVID"]) for exposure in exposures(data, subjects)}
    serials = {device.serial for subject in subjects.values() for device in subject.participant.devices}
    for sensor in sorted(worn):
        yield row(sensor, "DEVTYPE", terms.SENSOR_TYPE)
        if sensor in serials:
            yield row(sensor, "SERIAL", sensor)
    for made_by, scorer in scorers.all():
        yield row(scorer, "DEVTYPE", terms.SCORER_TYPE)
        for code, value in zip(ELEMENTS, elements(made_by), strict=True):
            if value is not None:
                yield row(scorer, code, value)


def exposures(data: StudyData, subjects: dict[str, Subject]) -> list[Row]:
    """Return the records of DX: one stretch of nights per subject, leg and sensor."""
    return [
        row
        for subject in subjects.values()
        for leg in subject.participant.legs
        for row in _exposures_of_leg(data, subject, leg)
    ]


def _exposures_of_leg(data: StudyData, subject: Subject, leg: Leg) -> Iterator[Row]:
    nights = (night for _, night in data.study.nights_of(subject.participant))
    for sensor, of_sensor in groupby(nights, key=lambda night: sensor_of(subject, leg, night)):
        stretch = [night.isoformat() for night in of_sensor]
        yield {
            "STUDYID": data.study.name,
            "DOMAIN": "DX",
            "USUBJID": subject.usubjid,
            "SPDEVID": sensor,
            "DXTRT": terms.SENSOR_TYPE,
            "DXLOC": terms.CALF,
            "DXLAT": terms.LATERALITY[leg],
            "DXSTDTC": stretch[0],
            "DXENDTC": stretch[-1],
        }


def settings(data: StudyData, subjects: dict[str, Subject], scorers: Scorers) -> Iterator[Row]:
    """Give the records of DU: the study's rules as settings of every scorer, and who scored whose sensor when."""
    validity, endpoint = data.study.validity, data.study.endpoint
    rules = (
        ("VALIDH", validity.usable_h, "HOURS"),
        ("VALIDSHR", validity.usable_share, "RATIO"),
        ("TOGETHER", endpoint.together_s, "sec"),
    )
    for _, scorer in scorers.all():
        for code, value, unit in rules:
            yield _setting(data, scorer, code, f"{value:g}") | {
                "DUORRESU": unit,
                "DUSTRESN": value,
                "DUSTRESU": unit,
            }
    legs: dict[tuple[str, Leg], list[LegNight]] = {}
    for night in data.nights:
        for leg in night.legs:
            if leg.made_by:
                legs.setdefault((leg.participant, leg.leg), []).append(leg)
    for (participant, _), of_leg in legs.items():
        yield from _scored(data, subjects[participant], of_leg, scorers)


def _scored(data: StudyData, subject: Subject, legs: list[LegNight], scorers: Scorers) -> Iterator[Row]:
    def devices(leg: LegNight) -> tuple[str, str]:
        return sensor_of(subject, leg.leg, leg.night), scorers.of(leg.made_by)

    for (sensor, scorer), of_stretch in groupby(legs, key=devices):
        stretch = [leg.night.isoformat() for leg in of_stretch]
        yield _setting(data, sensor, "SCORER", scorer) | {
            "USUBJID": subject.usubjid,
            "DULAT": terms.LATERALITY[legs[0].leg],
            "DUDTC": stretch[0],
            "DUENDTC": stretch[-1],
        }


def _setting(data: StudyData, device: str, code: str, value: str) -> dict[str, str | float | None]:
    return {
        "STUDYID": data.study.name,
        "DOMAIN": "DU",
        "SPDEVID": device,
        "DUTESTCD": code,
        "DUTEST": dict(terms.IN_USE_CODE.terms)[code],
        "DUORRES": value,
        "DUSTRESC": value,
    }
