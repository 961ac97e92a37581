"""What belongs to no site is written by the application and read by nobody who works as it."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from patients.models import UnplacedMessage

pytestmark = pytest.mark.django_db


@pytest.mark.requirement(20)
def test_the_application_cannot_read_what_it_says() -> None:
    UnplacedMessage.objects.create(
        received_at="2026-11-22T10:00:00Z", way="mllp", size=1, digest="0" * 64, raw=b"x"
    )
    assert UnplacedMessage.objects.defer("raw").count() == 1
    for statement in (
        "SELECT raw FROM patients_unplacedmessage",
        "SELECT * FROM patients_unplacedmessage",
        "UPDATE patients_unplacedmessage SET raw = ''",
        "DELETE FROM patients_unplacedmessage",
    ):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
