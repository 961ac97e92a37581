"""What a request gets that is wrong as a whole, the same for every form."""

from __future__ import annotations

ABSENT = "00000000-0000-4000-8000-000000000000"
FORGED = (403, "The page was open for too long. Go back, load it again and try once more.")
NO_FORM = (400, "The request could not be understood.")
TOO_MANY = (400, "The request could not be understood.")
TOO_LARGE = (413, "at most 1024 are taken")
