"""Which version of a study is scored: one that is begun, or one that is gone on with; never a locked one."""

from datetime import datetime

from sqlalchemy import Connection

from models import Profile
from nights.log.audit import SOFTWARE, Actor
from trial.records import RecordsError, Version, begin_version, locked_versions, version_of, versions_of
from trial.study import Study


def version_to_score(
    connection: Connection, study: Study, profile: Profile, number: int | None, by: Actor, at: datetime
) -> Version:
    """Return the version that `score` goes on with: that of a number, else the only one, else a new version 1.

    Raises `RecordsError` where there are several and none is named, and where that one is locked, or of another
    profile or software than is to score now.
    """
    there = versions_of(connection, study.name)
    if not there and number is None:
        version = _next(profile, 1)
        begin_version(connection, study.name, version, by, at)
        return version
    version = version_of(connection, study.name, number)
    if version.number in locked_versions(connection, study.name):
        raise RecordsError(
            f"version {version.number} of study {study.name} is locked and stays as it is; "
            "crampwatch trial rescore makes a new version"
        )
    if not _made_so(version, profile):
        raise RecordsError(
            f"version {version.number} of study {study.name} was scored by {_words(version)}; now the "
            f"study's profile is {profile.name} ({profile.hash}), the software {SOFTWARE.name}. A version has "
            "one of each: name one of these with --version, or make one with crampwatch trial rescore"
        )
    return version


def versions_to_compare(
    connection: Connection, study: Study, profile: Profile, number: int | None, by: Actor, at: datetime
) -> tuple[Version, Version]:
    """Return the version to compare with, and the new one, which is begun where a rescore was not yet.

    `number` is the one to compare with, else the one before the new one. Gone on with is the newest version, if it
    is a rescored one (any but 1) by this profile and software and not locked. Raises `RecordsError` where there is
    nothing to compare with, and where the newest version is by this profile and software and still open.
    """
    there = versions_of(connection, study.name)
    if not there:
        raise RecordsError(f"study {study.name} has no version to score anew; run crampwatch trial score first")
    last = there[-1]
    open_and_same = _made_so(last, profile) and last.number not in locked_versions(connection, study.name)
    if open_and_same and last.number == 1:
        raise RecordsError(
            f"version 1 of study {study.name} was scored by {_words(last)}, as is asked for now, and is not "
            "locked: nothing would differ; crampwatch trial score adds recordings to it"
        )
    new_number = last.number if open_and_same else last.number + 1
    before = version_of(connection, study.name, number or new_number - 1)
    if before.number >= new_number:
        raise RecordsError(f"version {before.number} is the one being made; compare with an earlier one")
    if open_and_same:
        return before, last
    after = _next(profile, new_number)
    why = f"scored anew by this profile, to be compared with version {before.number}"
    begin_version(connection, study.name, after, by, at, why)
    return before, after


def _next(profile: Profile, number: int) -> Version:
    return Version(number, profile.name, profile.hash, SOFTWARE.name)


def _made_so(version: Version, profile: Profile) -> bool:
    return (version.profile_hash, version.software) == (profile.hash, SOFTWARE.name)


def _words(version: Version) -> str:
    return f"{version.profile} ({version.profile_hash}) with {version.software}"
