"""The paper of a chart: resources by name, statements, and days told from one day."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Self

from eligibility.demonstration.bundles import bundled
from eligibility.demonstration.codings import Json
from eligibility.demonstration.people import Person

Day = int | str | None


class Sheet:
    """Resources and statements of one invented patient, as of the day of evaluation `on`.

    Days are numbers relative to `on` (-3 is three days before); a text is taken as it stands, which
    is how partial dates are written.
    """

    def __init__(self, key: str, *, on: date, person: Person) -> None:
        self.key, self.on, self.person = key, on, person
        self.patient_id = f"{key}.patient"
        self.resources: dict[str, Json] = {}
        self.statements: list[Json] = []
        self.aside: list[str] = []
        self.policy: Json = {}
        self.ranges: list[Json] = []
        self.kind = ("transaction", "collection", "transaction-of-new")[person.number % 3]

    # days

    def day(self, when: int) -> str:
        """Return the ISO date `when` days from the day of evaluation."""
        return (self.on + timedelta(days=when)).isoformat()

    def moment(self, when: int, at: str = "09:40") -> str:
        """Return that day's date-time at the home's standard time offset."""
        return f"{self.day(when)}T{at}:00{self.person.place.offset}"

    def month(self, when: int) -> str:
        """Return only year and month of that day."""
        return self.day(when)[:7]

    def year(self, when: int) -> str:
        """Return only the year of that day."""
        return self.day(when)[:4]

    def written(self, when: Day) -> str | None:
        """Return `when` as FHIR text: a number of days counted, a text as it stands."""
        return self.day(when) if isinstance(when, int) else when

    def span(self, start: Day, end: Day) -> Json | None:
        """Return a Period, or None when neither end is known."""
        return _stated(start=self.written(start), end=self.written(end)) or None

    # resources

    @property
    def subject(self) -> Json:
        """A reference to the patient."""
        return {"reference": f"Patient/{self.patient_id}"}

    def put(self, resource_type: str, name: str, /, **elements: object) -> Json:
        """Add a resource under `name`, in place of one so called; return it for changes."""
        written: Json = {"resourceType": resource_type, "id": self.id_of(name)}
        written.update(_stated(**elements))
        self.resources[name] = written
        return written

    def id_of(self, name: str) -> str:
        """Return the FHIR id of the resource called `name`: unique among all invented patients."""
        return f"{self.key}.{re.sub('[^a-z0-9]+', '-', name.lower()).strip('-')}"[:64]

    def reference(self, name: str) -> Json:
        """Return a reference to the resource called `name`."""
        return {"reference": f"{self.resources[name]['resourceType']}/{self.id_of(name)}"}

    def without(self, *names: str) -> Self:
        """Take the named resources out, and the reports' references to them."""
        gone = [self.reference(name) for name in names]
        for name in names:
            del self.resources[name]
        for resource in self.resources.values():
            results = resource.get("result")
            if isinstance(results, list):
                resource["result"] = [item for item in results if item not in gone]
        return self

    def again(self, name: str, **changes: object) -> Json:
        """Send the resource called `name` once more, changed or not: same id, later on."""
        copy = {**self.resources[name], **_stated(**changes)}
        self.resources[f"{name}, sent again {len(self.resources)}"] = copy
        self.kind = "collection"
        return copy

    def set_aside(self, name: str) -> Self:
        """Let the coordinator leave the resource called `name` out."""
        self.aside.append(f"{self.resources[name]['resourceType']}/{self.id_of(name)}")
        return self

    # statements

    def answer(
        self, criterion: str, answer: str = "met", *, ago: int = 2, detail: str | None = None
    ) -> Self:
        """Let a person state `answer` `ago` days before; an earlier statement of it is replaced."""
        return self.unanswered(criterion).answer_too(criterion, answer, ago=ago, detail=detail)

    def answer_too(
        self, criterion: str, answer: str, *, ago: int, detail: str | None = None
    ) -> Self:
        """Add a statement, leaving the earlier ones of the same criterion standing."""
        stated = _stated(
            criterion=criterion,
            answer=answer,
            stated_on=self.day(-ago),
            by="Dr Imogen Vautour (invented), investigator",
            detail=detail,
        )
        self.statements.append(stated)
        return self

    def unanswered(self, *criteria: str) -> Self:
        """Take back every statement about these criteria."""
        self.statements = [item for item in self.statements if item["criterion"] not in criteria]
        return self

    def statements_made(self, ago: int) -> Self:
        """Move every statement to `ago` days before."""
        for statement in self.statements:
            statement["stated_on"] = self.day(-ago)
        return self

    # the whole

    def bundle(self) -> Json:
        """Return the FHIR Bundle."""
        return bundled(list(self.resources.values()), kind=self.kind, timestamp=self.moment(0))

    def document(self) -> Json:
        """Return the evaluation envelope around the bundle."""
        document: Json = {
            "on": self.on.isoformat(),
            "received_on": self.on.isoformat(),
            "time_zone": self.person.place.zone,
            "bundle": self.bundle(),
            "attestations": self.statements,
        }
        document.update(
            _stated(
                set_aside=self.aside or None,
                policy=self.policy or None,
                reference_ranges=self.ranges or None,
            )
        )
        return document


def exact(number: int | str | Decimal) -> Decimal:
    """Return the number digit for digit."""
    return Decimal(number)


def _stated(**elements: object) -> Json:
    return {name: value for name, value in elements.items() if value is not None}
