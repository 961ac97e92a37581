"""What hospital systems send, looked after by somebody who has no mouse: a file, a local code, a refused message.

Once on a wide light page and once on a narrow dark one; where the focus is, is seen on the whole way.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import FilePayload, Page, expect

from eligibility.actions import mapping
from patients.actions.message_senders import MLLP, Connection
from patients.actions.messages import receive_messages
from patients.models import Import, LocalCodesVersion
from tests.hl7v2.conftest import make_sender
from tests.hl7v2.writing import oru
from tests.imports.files import HEAD, known, row, worked
from tests.journeys.looks import LOOKS, Look, looks_right, put_on
from tests.journeys.people import KeyboardPerson, a_staffed_site, at
from tests.local_codes.build import with_local_code
from tests.workflow.staffed import Staffed

pytestmark = pytest.mark.django_db(transaction=True)

Somebody = Callable[..., Page]
IN_TWO_LOOKS = pytest.mark.parametrize(
    "look", [LOOKS[0], LOOKS[2]], ids=lambda look: f"{look.width} {look.scheme}"
)


@pytest.fixture
def team() -> Staffed:
    return a_staffed_site()


def signed_in(somebody: Somebody, username: str, look: Look) -> KeyboardPerson:
    one = KeyboardPerson(somebody(), username)
    put_on(one.page, look)
    one.signs_in()
    return one


@IN_TWO_LOOKS
def test_a_file_is_sent_looked_at_and_approved(
    look: Look, team: Staffed, somebody: Somebody
) -> None:
    known(team.site, "1")
    one = signed_in(somebody, "coordinator.toronto", look)
    one.follows("Incoming")
    one.follows("Imports")
    one.follows("Import a file")
    one.reaches("File")
    content = HEAD + row("MRN-1", "R1") + row("MRN-1", "R2", '"1,5"')
    file = FilePayload(name="results.csv", mimeType="text/csv", buffer=content.encode())
    one.page.locator(":focus").set_input_files(file)
    one.writes("Source", "ehr")
    one.follows("Upload and check")
    one.sees("Nothing is stored before you approve it")
    with at(team.site):
        job = Import.objects.get()
    worked(job)
    one.page.reload()
    one.sees("a decimal point is needed")
    looks_right(one.page)
    put_on(one.page, look)
    one.follows("Approve and store")
    expect(one.page.get_by_role("button", name="Approve and store")).to_have_count(0)
    worked(job)
    one.page.reload()
    one.sees("Every line is accounted for")


@IN_TWO_LOOKS
def test_a_code_is_mapped_by_one_and_put_in_force_by_another(
    look: Look, team: Staffed, somebody: Somebody
) -> None:
    with at(team.site):
        with_local_code(team.site)
    one = signed_in(somebody, "coordinator.toronto", look)
    one.follows("Incoming")
    one.follows("Local codes")
    one.follows("Map it LAB-NEUT")
    expect(one.page.get_by_label("Local code", exact=True)).to_have_value("LAB-NEUT")
    one.writes("Code there", "751-8")
    one.writes("Reason", "Seen in the catalogue.")
    one.follows("Propose")
    one.sees("You had a part in proposing it")
    with at(team.site):
        version = LocalCodesVersion.objects.get()

    other = signed_in(somebody, "investigator.toronto", look)
    other.page.goto(f"/local-codes/versions/{version.pk}/")
    other.writes("Reason", "Checked against the catalogue.")
    other.follows("Approve after review")
    other.sees("Put in force")
    other.follows("Count what it would change")
    assert mapping.count_impacts() == 1
    other.page.reload()
    other.sees("1 record of 1 patient")
    looks_right(other.page)
    put_on(other.page, look)
    other.writes("Reason", "From today.")
    other.follows("Put in force")
    other.sees("In force")


@IN_TWO_LOOKS
def test_a_refused_message_is_found_and_replayed(
    look: Look, team: Staffed, somebody: Somebody
) -> None:
    arrived = receive_messages(
        oru(control="M2"),
        connection=Connection(MLLP, "127.0.0.1"),
        site_ids=[team.site.pk],
        fallback=team.site,
        at=timezone.now(),
    )
    assert b"|AE|" in arrived[0].ack
    make_sender(team.site)
    one = signed_in(somebody, "coordinator.toronto", look)
    one.follows("Incoming")
    one.follows("Refused")
    one.follows("Results")
    one.sees("Nobody has registered")
    one.follows("Replay")
    one.sees("Applied")
    looks_right(one.page)
