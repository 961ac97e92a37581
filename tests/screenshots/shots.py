"""Every page in every state: who looks, at which address, and what was done there before.

`tests/journeys/test_every_page.py` opens all of them and asks axe; ``make screenshots`` takes their pictures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from eligibility.views.screening_doors import DOORS
from tests.screenshots import steps
from tests.screenshots.accounts import ACCOUNTS, BEFORE_ANYTHING
from tests.screenshots.administration import ADMINISTRATION
from tests.screenshots.imports import IMPORTS
from tests.screenshots.local_codes import LOCAL_CODES
from tests.screenshots.merging import ONE_PERSON
from tests.screenshots.messages import MESSAGES
from tests.screenshots.scene import SITE
from tests.screenshots.shot import (
    ADMINISTRATOR,
    COORDINATOR,
    ELSEWHERE,
    INVESTIGATOR,
    MONITOR,
    Shot,
)
from tests.screenshots.steps import opens_row, presses
from tests.screenshots.versions import VERSIONS

TRIAL: Final = "/trials/NCT00514085"
LOG: Final = f"/sites/{SITE}/delegation/"
ROW: Final = "/patients/{patient}/criteria/platelets/"
DEVIATION: Final = "/screenings/{screening}/deviation/"
AGAIN: Final = "/screenings/{screening}/retests/"
NOTES: Final = "/screenings/{screening}/notes/"
REPORTS: Final = ("screening-log", "consort", "reasons", "accrual", "key-list")


def _act(act: str) -> str:
    if act not in DOORS:
        raise KeyError(act)
    return f"/screenings/{{screening}}/{act}/"


SIGNING_IN: Final = (
    Shot("sign-in", "", "/sign-in/"),
    Shot(
        "sign-in-refused",
        "",
        "/sign-in/",
        first=presses("Sign in", typing={"Username": "anna", "Password": "a guess"}),
    ),
)
WITHOUT_A_RECORD: Final = (
    Shot("evaluate", "", f"{TRIAL}/evaluate/"),
    Shot("evaluate-answer", "", f"{TRIAL}/evaluate/?invented=wash-out-then-repeat"),
    Shot(
        "evaluate-answer-open",
        "",
        f"{TRIAL}/evaluate/?invented=platelets-corrected",
        first=steps.opens_a_criterion,
        within="#platelets",
    ),
    Shot(
        "evaluate-refused",
        "",
        f"{TRIAL}/evaluate/",
        sent_to=f"{TRIAL}/evaluate/",
        fields={"bundle": '{"resourceType": "Bundle", "type": NaN}'},
    ),
    Shot("trial", "", f"{TRIAL}/"),
    Shot("trial-open", "", f"{TRIAL}/", first=steps.opens_a_criterion, within="#platelets"),
    Shot("problems", "", "/api/docs/problems"),
)
LISTS: Final = (
    Shot("worklist", COORDINATOR, "/worklist/"),
    Shot("worklist-keys", COORDINATOR, "/worklist/", first=steps.asks_for_the_keys),
    Shot("worklist-chosen", COORDINATOR, "/worklist/", first=steps.chooses_two),
    Shot("worklist-given", COORDINATOR, "/worklist/", first=steps.gives_two),
    Shot("worklist-nobody-matches", COORDINATOR, "/worklist/?q=nobody+is+called+so"),
    Shot("worklist-closed", COORDINATOR, "/worklist/?tab=closed"),
    Shot("worklist-to-sign", INVESTIGATOR, "/worklist/?tab=to-sign"),
    Shot("worklist-empty", ELSEWHERE, "/worklist/"),
    Shot("patients", COORDINATOR, "/patients/"),
    Shot("patients-nobody-matches", COORDINATOR, "/patients/?q=nobody+is+called+so"),
    Shot("patients-empty", ELSEWHERE, "/patients/"),
    Shot("my-notes", COORDINATOR, "/notes/"),
    Shot("my-notes-none", ELSEWHERE, "/notes/"),
)
CANDIDATES: Final = (
    *(
        Shot(f"candidate-{scene}", COORDINATOR, "/patients/{patient}/", scene)
        for scene in ("candidate", "missing", "fails")
    ),
    *(
        Shot(f"candidate-{scene}", COORDINATOR, "/patients/{patient}/", scene, within="#screening")
        for scene in (
            "in-screening",
            "confirmed",
            "signed",
            "voided",
            "registered",
            "deviation",
            "closed",
            "rescreened",
            "not-yet",
            "no-screening",
        )
    ),
    Shot(
        "candidate-to-sign",
        INVESTIGATOR,
        "/patients/{patient}/",
        "confirmed",
        within="#screening",
    ),
    Shot(
        "candidate-day-refused",
        COORDINATOR,
        "/patients/{patient}/?on=soon",
        "candidate",
        within=".page-head",
    ),
    *(
        Shot(name, COORDINATOR, "/patients/{patient}/", scene, step, within=f"#{row}")
        for name, scene, row, step in (
            ("candidate-row", "gap", "platelets", opens_row("platelets")),
            ("candidate-row-refused", "gap", "platelets", steps.mistypes),
            ("candidate-row-note", "gap", "platelets", steps.begins_a_note),
            (
                "candidate-row-answer",
                "missing",
                "no-active-infection",
                opens_row("no-active-infection"),
            ),
        )
    ),
    Shot(
        "add-candidate-refused",
        COORDINATOR,
        "/patients/{patient}/",
        "fails",
        sent_to="/patients/{patient}/screen/",
    ),
    Shot("entry", COORDINATOR, ROW, "gap"),
    Shot(
        "entry-refused",
        COORDINATOR,
        ROW,
        "gap",
        sent_to=ROW + "results/",
        fields={"collected_on": "soon"},
    ),
    Shot("entry-moved", COORDINATOR, ROW, "gap", sent_to=ROW + "correct/gone/"),
    Shot(
        "candidate-pictures",
        COORDINATOR,
        "/patients/{patient}/",
        "not-yet",
        steps.opens_the_pictures,
        within="#follow-pictures",
    ),
    Shot("history", COORDINATOR, "/screenings/{screening}/", "voided"),
    Shot("patient-history", COORDINATOR, "/patients/{patient}/history/", "voided"),
    Shot("patient-history-day", COORDINATOR, "/patients/{patient}/history/?first=x", "voided"),
    Shot("criterion-history", COORDINATOR, ROW + "history/", "voided"),
    Shot("deviation-recorded", COORDINATOR, DEVIATION, "candidate"),
    Shot("deviation-refused", COORDINATOR, DEVIATION, "candidate", sent_to=DEVIATION),
    Shot("retests", COORDINATOR, AGAIN, "rescreened"),
    Shot("retests-refused", COORDINATOR, AGAIN, "rescreened", sent_to=AGAIN),
    Shot("notes", COORDINATOR, NOTES + "?criterion=platelets", "gap"),
    Shot("note-refused", COORDINATOR, NOTES, "gap", sent_to=NOTES, fields={"text": ""}),
    Shot("note-answer-refused", COORDINATOR, NOTES, "gap", sent_to=NOTES + "{note}/answers/"),
)
ACTS: Final = (
    *(
        Shot(f"act-{act}", who, _act(act), scene)
        for act, scene, who in (
            ("start", "candidate", COORDINATOR),
            ("confirm", "in-screening", COORDINATOR),
            ("sign", "confirmed", INVESTIGATOR),
            ("decline", "confirmed", INVESTIGATOR),
            ("register", "signed", COORDINATOR),
            ("close", "missing", COORDINATOR),
            ("rescreen", "closed", COORDINATOR),
        )
    ),
    Shot("act-not-possible", COORDINATOR, _act("confirm"), "missing"),
    Shot(
        "act-confirm-moved",
        COORDINATOR,
        _act("confirm"),
        "in-screening",
        steps.confirms_what_has_moved,
    ),
    Shot(
        "act-sign-refused",
        INVESTIGATOR,
        _act("sign"),
        "confirmed",
        presses("Sign eligibility", typing={"Your password": "a guess"}),
    ),
    *(
        Shot(f"act-{act}-refused", who, _act(act), scene, presses(verb))
        for act, verb, scene, who in (
            ("decline", "Decline to sign", "confirmed", INVESTIGATOR),
            ("register", "Register", "signed", COORDINATOR),
            ("close", "Close", "missing", COORDINATOR),
            ("rescreen", "Screen again", "closed", COORDINATOR),
        )
    ),
)
CONDUCT: Final = (
    Shot("delegation", COORDINATOR, LOG),
    Shot("delegation-ending", COORDINATOR, LOG, first=steps.ends_an_entry),
    Shot("delegation-refused", COORDINATOR, LOG, sent_to=LOG, fields={"first_day": "soon"}),
    Shot("delegation-to-sign", INVESTIGATOR, LOG),
    Shot("delegation-sign-refused", INVESTIGATOR, LOG, sent_to=LOG + "sign/"),
    Shot("delegation-end-refused", COORDINATOR, LOG, "entry", sent_to=LOG + "{note}/end/"),
    Shot("principal", ADMINISTRATOR, f"/sites/{SITE}/principal/"),
    Shot(
        "principal-refused",
        ADMINISTRATOR,
        f"/sites/{SITE}/principal/",
        sent_to=f"/sites/{SITE}/principal/",
    ),
    Shot("opening", ADMINISTRATOR, f"{TRIAL}/opening/"),
    Shot("opening-seen-by-a-site", COORDINATOR, f"{TRIAL}/opening/"),
    *(
        shot
        for name, where in (("new", "new"), ("part", "A"), ("site", f"A/{SITE}"))
        for shot in (
            Shot(f"opening-{name}", ADMINISTRATOR, f"{TRIAL}/opening/{where}/"),
            Shot(
                f"opening-{name}-refused",
                ADMINISTRATOR,
                f"{TRIAL}/opening/{where}/",
                sent_to=f"{TRIAL}/opening/{where}/",
                fields={"closed_on": "soon"},
            ),
        )
    ),
)
REPORTED: Final = (
    *(Shot(name, COORDINATOR, f"/reports/{name}/") for name in REPORTS),
    *(Shot(f"{name}-empty", ELSEWHERE, f"/reports/{name}/") for name in REPORTS),
    Shot("downtime", COORDINATOR, "/reports/downtime/"),
    Shot("screening-log-of-all", MONITOR, "/reports/screening-log/"),
    Shot("calendar", COORDINATOR, "/screenings/{screening}/calendar/", "registered"),
    Shot(
        "calendar-refused",
        COORDINATOR,
        "/screenings/{screening}/calendar/?first=soon",
        "registered",
    ),
)
REFUSED: Final = (
    Shot("nothing-here", COORDINATOR, "/no-such-page/"),
    Shot("not-yours", COORDINATOR, f"{TRIAL}/opening/new/"),
)
SHOTS: Final = (
    *BEFORE_ANYTHING,
    *SIGNING_IN,
    *WITHOUT_A_RECORD,
    *LISTS,
    *CANDIDATES,
    *LOCAL_CODES,
    *ONE_PERSON,
    *MESSAGES,
    *IMPORTS,
    *ACTS,
    *CONDUCT,
    *REPORTED,
    *ACCOUNTS,
    *ADMINISTRATION,
    *VERSIONS,
    *REFUSED,
)
BY_NAME: Final[Mapping[str, Shot]] = {shot.name: shot for shot in SHOTS}
