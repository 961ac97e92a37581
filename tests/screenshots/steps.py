"""What is done on a page before it is looked at: a row opened, a form refused, an overlay called up."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.screenshots.scene import PASSWORD

Step = Callable[[Page], None]

_HAND_IN = """([address, fields]) => {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = address;
  const token = document.querySelector('[name=csrfmiddlewaretoken]').value;
  for (const [name, value] of Object.entries({csrfmiddlewaretoken: token, ...fields})) {
    const field = document.createElement('input');
    [field.type, field.name, field.value] = ['hidden', name, value];
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}"""


def nothing(page: Page) -> None:
    """The page as it comes."""


def hands_in(address: str, **fields: str) -> Step:
    """Send a form to an address, as a browser without script would."""

    def step(page: Page) -> None:
        with page.expect_navigation():
            page.evaluate(_HAND_IN, [address, fields])

    return step


def presses(name: str, *, typing: dict[str, str] | None = None) -> Step:
    """Type into the fields of these labels, and press the button of that name."""

    def step(page: Page) -> None:
        for label, text in (typing or {}).items():
            page.locator("main").get_by_label(label).first.fill(text)
        with page.expect_navigation():
            page.locator("main").get_by_role("button", name=name, exact=True).last.click()

    return step


def then(*steps: Step) -> Step:
    """One after the other."""

    def step(page: Page) -> None:
        for one in steps:
            one(page)

    return step


def signs_in(username: str, password: str) -> Step:
    """Fill the sign-in page, which is open."""
    return presses("Sign in", typing={"Username": username, "Password": password})


def comes_to_the_code(username: str) -> Step:
    """Sign in with the password alone, of somebody who is asked for more; or be asked already."""

    def step(page: Page) -> None:
        if page.get_by_label("Username").is_visible():
            signs_in(username, PASSWORD)(page)
        expect(page.get_by_role("heading", name="Second step")).to_be_visible()

    return step


def fails_to_sign_in(username: str, times: int = 3) -> Step:
    return then(*[signs_in(username, "a guess")] * times)


def proves(page: Page) -> None:
    """Say once more who one is, where the page asks for it, and come to what was asked for."""
    if page.get_by_role("heading", name="Is it you?").is_visible():
        presses("Go on", typing={"Your password": PASSWORD})(page)


def opens_row(criterion: str) -> Step:
    """Open the row of a criterion, and wait for the forms that it offers."""

    def step(page: Page) -> None:
        row = page.locator(f"#{criterion}")
        row.locator("summary").first.click()
        expect(row.locator(".way, [data-entry-forms] .muted").first).to_be_visible()

    return step


def opens_a_criterion(page: Page) -> None:
    page.locator("#platelets summary").first.click()


def opens_the_pictures(page: Page) -> None:
    """Results against their limits, and treatments with their wash-outs."""
    page.evaluate(
        "document.querySelectorAll('#follow-pictures details:not(details details)')"
        ".forEach((one) => (one.open = true))"
    )


def mistypes(page: Page) -> None:
    """A result that is no number is handed in and refused in its row."""
    opens_row("platelets")(page)
    row = page.locator("#platelets")
    row.get_by_label("Platelets: result").fill("1,50")
    row.get_by_role("button", name="Save", exact=True).click()
    expect(row.locator(".error-summary")).to_be_visible()


def begins_a_note(page: Page) -> None:
    row = page.locator("#platelets")
    row.locator("summary").first.click()
    row.get_by_role("link", name="rite a note").click()
    expect(row.get_by_role("textbox", name="New note")).to_be_visible()


def asks_for_the_keys(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()


def chooses_two(page: Page) -> None:
    for box in page.locator("[data-pick]").all()[:2]:
        box.check()
    expect(page.get_by_text("2 chosen:")).to_be_visible()


def gives_two(page: Page) -> None:
    """Two screenings are given to somebody; the notice offers to take that back."""
    chooses_two(page)
    page.get_by_label("give to").select_option(index=1)
    page.get_by_role("button", name="Give").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()


def ends_an_entry(page: Page) -> None:
    page.locator("details.end summary").first.click()


def confirms_what_has_moved(page: Page) -> None:
    """The record was another when the page was opened."""
    page.evaluate("document.querySelector('.act-form [name=record]').value = 1")
    presses("Confirm eligibility")(page)
