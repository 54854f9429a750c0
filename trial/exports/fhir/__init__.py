"""HL7 FHIR R4 (4.0.1): a transaction bundle per participant, with an Observation per night and leg."""

from trial.exports.fhir.bundle import write_fhir

__all__ = ["write_fhir"]
