"""Profiles whose nights are short enough for tests."""

from dataclasses import replace

from simulation import PROFILES, Profile


def short(name: str, hours: float = 0.3, **rates: float) -> Profile:
    """Return a shipped profile with nights of this length and other rates."""
    profile = PROFILES[name]
    body = replace(profile.body, sleep_h=(hours, hours))
    return replace(profile, body=body, rates=replace(profile.rates, **rates))
