"""What the report says, in order: the answer, who it rests on, whether it holds, and how it was made."""

from nights.night_json import NOTICE
from trial.analysis.analysis import Analysis
from trial.report.document import Document, Facts, Paragraph, Points, Section, Table
from trial.report.endpoints import secondary, weekly_rates
from trial.report.lead import lead
from trial.report.origin import Origin
from trial.report.participants import participants
from trial.report.results import primary, sensitivity
from trial.report.terms import terms
from trial.study import Study

FEW = 3
SIMULATED = (
    "This trial is simulated: no participant of it exists, and nothing in it says anything about a treatment."
)


def document_of(study: Study, found: Analysis, origin: Origin) -> Document:
    """Return the report of an analysis."""
    return Document(
        title=study.title,
        subtitle=f"Analysis of study {study.name}: {found.treated} compared with {found.control}",
        made=origin.analysed_at,
        notices=((SIMULATED,) if origin.simulated else ()) + (NOTICE,),
        lead=lead(found),
        sections=(
            participants(study, found),
            primary(study, found),
            sensitivity(study, found),
            weekly_rates(found),
            secondary(study, found),
            _events(found),
            _limits(study, found),
            _provenance(origin),
            Section("terms", "What the words mean", (Facts(terms(study, found)),)),
        ),
    )


def _events(found: Analysis) -> Section:
    if not found.events:
        return Section("events", "Intercurrent events", (Paragraph("The study plans for none (ICH E9(R1))."),))
    rows = tuple((e.kind, e.strategy, f"{e.participants:,}", f"{e.nights:,}") for e in found.events)
    table = Table(
        "events",
        "Events and their strategies",
        ("event", "strategy", "participants", "nights"),
        rows,
        words=frozenset({0, 1}),
    )
    return Section("events", "Intercurrent events", (table,))


def _limits(study: Study, found: Analysis) -> Section:
    standing = (
        (
            "Screening, refusals and reasons for leaving are not in the study file; the flow begins with who "
            "was enrolled."
        ),
        (
            "One sensor sees one muscle of one leg: cramps of the foot, and of a leg that is not monitored, "
            "are not in the count."
        ),
        "Missed nights are imputed with the dispersion held at its estimate.",
        *(
            f"{event.kind}: a principal stratum leaves participants out, which is no randomised "
            "comparison any more."
            for event in study.intercurrent_events
            if event.strategy == "principal-stratum"
        ),
    )
    not_done = found.not_done or ("Everything was done as planned.",)
    return Section(
        "limits", "What could not be done as planned, and what this cannot say", (Points((*not_done, *standing)),)
    )


def _provenance(origin: Origin) -> Section:
    configurations = origin.configurations
    few = ", ".join(configurations[:FEW])
    rows = (
        ("Study", f"{origin.study}, version {origin.version} of its results"),
        ("Study file, SHA-256", f"{origin.study_file}: {origin.study_sha256}"),
        ("Allocation file, SHA-256", f"{origin.allocation_file}: {origin.allocation_sha256}"),
        ("Scoring profile", f"{origin.profile} ({origin.profile_hash})"),
        ("Scored by", origin.scored_by),
        ("Models", ", ".join(origin.models)),
        (
            "Configurations",
            few if len(configurations) <= FEW else f"{len(configurations)}, all in analysis.json: {few} ...",
        ),
        ("Locked", origin.locked_at),
        ("Signed by public key", origin.public_key),
        ("Signature of the lock", origin.signature),
        ("Audit trail when locked", f"entry {origin.locked_audit_head[0]}: {origin.locked_audit_head[1]}"),
        ("Audit trail when analysed", f"entry {origin.audit_head[0]}: {origin.audit_head[1]}"),
        ("Analysed", origin.analysed_at),
        ("Software", ", ".join(f"{name} {version}" for name, version in origin.software)),
    )
    about = Paragraph(
        "The lock was proved before the allocation was read: no result, diary entry, reading or rule has "
        "changed since it was "
        "signed. Compare the public key with the one that was published; whoever owns the database could "
        "replace it there."
    )
    return Section("provenance", "How this was made", (about, Facts(rows)))
