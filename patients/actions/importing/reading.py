"""The lines of an import's files, read from the pieces that are kept, each checked by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from patients.actions.receive import FHIR_ID
from patients.intake import strict_json
from patients.intake.csv.results import Header, Result, read_header, read_row
from patients.intake.csv.rows import Bad, Fault, Row, rows
from patients.intake.lines import lines, unpacked
from patients.intake.ndjson import Resource, read_line
from patients.intake.problems import refuse
from patients.models import Import, ImportFile, ImportPiece, PatientIdentifier


class Checked(NamedTuple):
    """A line that may be stored; `subject` as `ImportLine` has it."""

    number: int
    subject: str
    key: str
    text: str
    row: str = ""


def read_file(job: Import, file: ImportFile) -> Iterator[Result | Resource | Row | Bad]:
    """What the lines of a file say, and those that say nothing usable.

    Raises:
        Refused: the file as a whole cannot be read.
    """
    coming = lines(unpacked(_pieces(file)))
    if job.kind == Import.Kind.NDJSON:
        for line in coming:
            found = read_line(line)
            if found is not None:
                yield found
        return
    table = rows(coming)
    header = read_header(next(table, None))
    for row in table:
        yield row if isinstance(row, Bad) else read_row(row, header, job.site.zone)


def header_of(file: ImportFile) -> Header:
    """The columns of a CSV file.

    Raises:
        Refused: they cannot be used.
    """
    return read_header(next(rows(lines(unpacked(_pieces(file)))), None))


def with_their_patients(job: Import, found: list[Result | Resource | Bad]) -> list[Checked | Bad]:
    """The same with whose each is. A result of somebody whom the source does not know is refused."""
    results = [one for one in found if isinstance(one, Result)]
    known = _known(job, {one.patient_id for one in results}) if results else {}
    return [_placed(one, known) for one in found]


def _placed(one: Result | Resource | Bad, known: dict[str, set[str]]) -> Checked | Bad:
    if isinstance(one, Bad):
        return one
    if isinstance(one, Resource):
        return Checked(one.number, one.subject, one.key, one.text)
    patients = known.get(one.patient_id, set())
    if len(patients) != 1:
        said = _SEVERAL if patients else _NOBODY
        code = "two-patients" if patients else "no-patient"
        return Bad(one.number, one.row, (Fault("patient_id", code, said.format(one.patient_id)),))
    (patient,) = patients
    key = f"Observation/{one.observation['id']}"
    return Checked(one.number, patient, key, strict_json.write(one.observation), one.row)


_NOBODY = "The source knows nobody at this site by “{}”."
_SEVERAL = "The source knows several patients by “{}”: name the system of the numbers."


def _known(job: Import, numbers: set[str]) -> dict[str, set[str]]:
    rows = PatientIdentifier.objects.filter(
        site_id=job.site_id, source=job.source, value__in=[one[:300] for one in numbers]
    )
    # The id of a record in its source is no number that a laboratory knows, and may be somebody else's number.
    rows = rows.filter(system=job.system) if job.system else rows.exclude(system=FHIR_ID)
    found: dict[str, set[str]] = {}
    for value, patient in rows.values_list("value", "patient"):
        found.setdefault(value, set()).add(str(patient))
    return found


def check_numbers(job: Import) -> None:
    """Whether it is clear which numbers ``patient_id`` holds: the same number of two kinds may be two people's.

    Raises:
        Refused: the source knows patients by several kinds, and none was named.
    """
    if job.system or job.kind != Import.Kind.CSV:
        return
    of_source = PatientIdentifier.objects.filter(site_id=job.site_id, source=job.source)
    of_source = of_source.exclude(system=FHIR_ID).order_by("system")
    found: list[str] = []
    # From one system to the next by the index, however many patients there are.
    while len(found) < _KINDS_NAMED:
        later = of_source.filter(system__gt=found[-1]) if found else of_source
        one = later.values_list("system", flat=True).first()
        if one is None:
            break
        found.append(one)
    if len(found) > 1:
        named = ", ".join(f"“{one}”" for one in found)
        said = f"The source knows patients by numbers of several systems ({named}): say which these are."
        raise refuse("", "several-systems", said)


_KINDS_NAMED: Final = 5


def _pieces(file: ImportFile) -> Iterator[bytes]:
    """One at a time: a file is never held."""
    number = 0
    while True:
        held = ImportPiece.objects.filter(job=file.job_id, file=file.number, number=number)
        piece = held.values_list("content", flat=True).first()
        if piece is None:
            return
        yield bytes(piece)
        number += 1
