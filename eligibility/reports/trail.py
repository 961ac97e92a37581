"""The trail as a table that spreadsheet programs open. What can be verified is the other form, with its seals."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from typing import IO, Any, Final

from eligibility.reports.spreadsheets import harmless
from trialscreen.institution.trail.exporting import FIELDS, Sealed

HEADS: Final = (
    *("Number", "Site", "Transaction", "At (UTC)", "Kind", "Of what", "Key", "Patient", "Old"),
    *("New", "Account", "By", "Client", "Why", "From", "Address", "Request", "Database user"),
    *("Chain", "Link", "Digest of the link", "Hash of the link"),
)


def write_csv(file: IO[bytes], found: Iterable[Sealed]) -> int:
    """UTF-8 with a byte order mark, a line an entry; nothing in it is a formula. Returns how many entries."""
    file.write(b"\xef\xbb\xbf")
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer, rows = csv.writer(text), 0
    writer.writerow(HEADS)
    for each in found:
        fields = each.fields
        sealed = (each.link.chain, each.link.sequence, each.link.digest, each.link.hash)
        writer.writerow([*(_cell(fields[name]) for name in FIELDS), *sealed])
        rows += 1
    text.detach()
    return rows


def _cell(value: Any) -> str:
    if value is None:
        return ""
    told = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return harmless(told)
