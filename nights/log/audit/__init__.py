"""The audit trail: who changed what, when, from what to what, and why; each entry tied to the one before."""

from nights.log.audit.chain import SOFTWARE, Actor, Change, Entry, Role, digest
from nights.log.audit.listing import entries_of_study, write_entries
from nights.log.audit.trail import Head, entries, export_trail, head_of, record
from nights.log.audit.verification import Finding, verify

__all__ = [
    "SOFTWARE",
    "Actor",
    "Change",
    "Entry",
    "Finding",
    "Head",
    "Role",
    "digest",
    "entries",
    "entries_of_study",
    "export_trail",
    "head_of",
    "record",
    "verify",
    "write_entries",
]
