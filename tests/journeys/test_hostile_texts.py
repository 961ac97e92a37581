"""What a hospital sends and people type may be a script: it is shown as text, and nothing of it ever runs.

``PAYLOADS=500`` tries as many; the usual run a hundred. Each stands in another place of a record.
"""

from __future__ import annotations

import json
import os
import sys
from itertools import cycle, islice
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, Request

from eligibility import demonstration
from eligibility.actions import assess
from eligibility.actions.notes import write
from eligibility.models import Screening
from tests.pages.stored import PASSWORD, PROTOCOL, coordinator, make_site, received, today_at
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement(63)]
PAYLOADS = int(os.environ.get("PAYLOADS", "100"))
RUN = "window.ran=(window.ran||0)+1"
SHAPES = (
    "<script>{run}</script>",
    "<img src=x onerror={run}>",
    "<svg onload={run}>",
    '"><script>{run}</script>',
    "'><img src=x onerror='{run}'>",
    "</title><script>{run}</script>",
    "</textarea><script>{run}</script>",
    "</style><script>{run}</script>",
    "--><script>{run}</script>",
    '<a href="javascript:{run}">x</a>',
    "<iframe srcdoc='<script>parent.ran=1</script>'></iframe>",
    "<details open ontoggle={run}>",
    "<body onpageshow={run}>",
    "<input autofocus onfocus={run}>",
    "<math><mtext><script>{run}</script></mtext></math>",
    "<style>@import '/ran.css';</style>",
    "<link rel=stylesheet href=/ran.css>",
    "<base href=//ran.invalid/>",
    "<form action=//ran.invalid/><button>x</button></form>",
    "<object data=data:text/html,<script>{run}</script>></object>",
    "<template><script>{run}</script></template>",
    "<div hx-get=/ran hx-trigger=load>x</div>",
    "<div hx-on:htmx:load='{run}'>x</div>",
    "<meta http-equiv=refresh content='0;url=javascript:{run}'>",
    "{{{{ {run} }}}}",
    "{{% debug %}}",
    "javascript:{run}",
    '" onmouseover="{run}',
    "' autofocus onfocus='{run}",
    "<ScRiPt>{run}</sCrIpT>",
    "<scr\u0131pt>{run}</scr\u0131pt>",
    "&lt;script&gt;{run}&lt;/script&gt;",
    "%3Cscript%3E{run}%3C/script%3E",
    "\\u003cscript\\u003e{run}\\u003c/script\\u003e",
    "<script/x>{run}</script>",
    "<svg><animate onbegin={run} attributeName=x dur=1s>",
    "<video><source onerror={run}></video>",
    "<marquee onstart={run}>x</marquee>",
    "<xss id=x tabindex=1 onfocus={run}></xss>",
    "<p data-xss=1 style=position:fixed>x</p>",
)
RUNS = (RUN, "alert(1)", "fetch('/ran')", "document.title='ran'", "import('/ran.js')")
TEXTS = ("display", "text", "family", "div")
LISTEN = """
window.violations = [];
document.addEventListener('securitypolicyviolation', e =>
  window.violations.push(e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sample));
"""


def payloads(count: int) -> list[str]:
    every = (shape.format(run=run) for run in RUNS for shape in SHAPES)
    first = list(every)
    return [f"{text} {n}" for n, text in zip(range(count), cycle(first), strict=False)]


def hostile(tree: Any, given: Any, used: list[str], name: str = "") -> Any:
    """The record with a payload behind every text that says nothing to a rule."""
    if isinstance(tree, dict):
        return {each: hostile(value, given, used, each) for each, value in tree.items()}
    if isinstance(tree, list):
        return [hostile(each, given, used, name) for each in tree]
    if isinstance(tree, str) and name in (*TEXTS, "given"):
        used.append(next(given))
        return f"{tree} {used[-1]}"[:190]
    return tree


def patients(site: Site, count: int) -> tuple[list[Any], list[str]]:
    """As many patients as it takes to hold so many payloads."""
    given, used, found = cycle(payloads(count)), [], []  # type: ignore[var-annotated]
    number = 0
    while len(used) < count:
        number += 1
        told = demonstration.document("meets-everything", on=today_at(site))["bundle"]
        changed = hostile(json.loads(demonstration.to_json(told)), given, used)
        for entry in changed["entry"]:
            resource = entry["resource"]
            entry["fullUrl"] = f"{entry.get('fullUrl', 'urn:x')}"
            if resource["resourceType"] == "Patient":
                resource["identifier"] = [{"system": "urn:mrn", "value": f"<b>{number}</b>"}]
            used.append(next(given))
            resource["text"] = {"status": "generated", "div": used[-1]}
            resource.setdefault("note", []).append({"text": next(given)})
        found.append(received(json.dumps(changed), site).patient)
    return found, used


def planted(site: Site) -> tuple[list[str], int]:
    """Addresses of everything on which the texts are shown, and how many texts there are."""
    anna = coordinator(site)
    anna.name = payloads(1)[0]
    anna.save(update_fields=["name"])
    held, used = patients(site, PAYLOADS)
    addresses = ["/worklist/", "/patients/", "/notes/", "/reports/screening-log/"]
    addresses += ["/reports/key-list/", "/reports/downtime/"]
    for patient in held:
        with use_sites([site.pk]):
            assess(patient.pk, protocol=PROTOCOL, on=today_at(site))
            screening = Screening.objects.get(patient=patient)
            for text in islice(payloads(len(SHAPES)), 0, None, 5):
                used.append(text)
                write(
                    screening.pk,
                    criterion="",
                    text=text,
                    by=anna,
                    protocol=PROTOCOL,
                    on=today_at(site),
                )
        addresses += [f"/patients/{patient.pk}/", f"/screenings/{screening.pk}/notes/"]
    return addresses, len(used)


def watch(page: Page, faults: list[str]) -> None:
    """What runs opens a dialog, or asks for something of that name."""

    def opened(dialog: Dialog) -> None:
        faults.append("a dialog")
        dialog.dismiss()

    def asked(request: Request) -> None:
        if "/ran" in request.url:
            faults.append(request.url)

    page.on("dialog", opened)
    page.on("request", asked)


def test_nothing_that_was_stored_runs(
    browser_context: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    site = make_site()
    site.name = payloads(2)[1]
    site.save(update_fields=["name"])
    addresses, count = planted(site)
    page: Page = browser_context.new_page()
    faults: list[str] = []
    page.add_init_script(LISTEN)
    watch(page, faults)
    page.goto("/sign-in/")
    page.fill("[name=username]", "anna")
    page.fill("[name=password]", PASSWORD)
    page.click("button[type=submit]")
    for address in addresses:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        page.evaluate(
            "document.querySelectorAll('details').forEach(one => one.setAttribute('open', ''))"
        )
        page.mouse.move(300, 300)
        page.wait_for_timeout(150)
        faults += [f"{address}: {each}" for each in page.evaluate("window.violations")]
        if page.evaluate("window.ran || 0") or page.title() == "ran":
            faults.append(f"{address}: it ran")
        if page.locator("[data-xss], marquee, xss, math, iframe, object").count():
            faults.append(f"{address}: an element of a text is in the page")
    assert count >= PAYLOADS
    assert faults == []
    with capsys.disabled():
        sys.stdout.write(
            f"\n  {count} texts on {len(addresses)} pages: 0 ran, 0 reports of the policy"
        )
