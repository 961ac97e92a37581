// Passkeys: asks the browser for one, and sends what it answers with the form around the button.
(() => {
  "use strict";

  const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0)).buffer;
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", "");
  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const toCreate = (asked, alone) => ({
    ...asked,
    challenge: bytes(asked.challenge),
    user: { ...asked.user, id: bytes(asked.user.id) },
    excludeCredentials: named(asked.excludeCredentials),
    authenticatorSelection: {
      ...asked.authenticatorSelection,
      residentKey: alone ? "required" : "discouraged",
      requireResidentKey: alone,
      ...(alone ? { userVerification: "required" } : {}),
    },
  });
  const toGet = (asked) => ({
    ...asked,
    challenge: bytes(asked.challenge),
    allowCredentials: named(asked.allowCredentials),
  });

  const answered = (credential) => {
    const { response } = credential;
    const told = { clientDataJSON: text(response.clientDataJSON) };
    if (response.attestationObject) {
      told.attestationObject = text(response.attestationObject);
      told.transports = response.getTransports ? response.getTransports() : [];
    } else {
      told.authenticatorData = text(response.authenticatorData);
      told.signature = text(response.signature);
      if (response.userHandle) told.userHandle = text(response.userHandle);
    }
    return {
      type: credential.type,
      id: credential.id,
      rawId: text(credential.rawId),
      authenticatorAttachment: credential.authenticatorAttachment,
      response: told,
      clientExtensionResults: credential.getClientExtensionResults(),
    };
  };

  const asked = async (form) => {
    const from = form.dataset.passkeyFrom || form.dataset.passkeySigns;
    if (from) return JSON.parse(document.getElementById(from).textContent);
    const answer = await fetch(form.dataset.passkeyOptions, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };

  const send = async (form) => {
    const said = form.querySelector("[data-passkey-said]");
    said.textContent = "";
    try {
      const told = await asked(form);
      const creates = form.dataset.passkey === "create";
      const credential = creates
        ? await navigator.credentials.create({
            publicKey: toCreate(told.creation_options.publicKey, form.elements.passwordless.checked),
          })
        : await navigator.credentials.get({ publicKey: toGet(told.request_options.publicKey) });
      form.elements.credential.value = JSON.stringify(answered(credential));
      HTMLFormElement.prototype.submit.call(form);
    } catch {
      said.textContent = "That did not work: nothing was sent. Try again, or go another way.";
    }
  };

  if (!window.PublicKeyCredential) return;
  // A form that can be sent with a password or with a passkey: the second has a button of its own.
  for (const button of document.querySelectorAll("[data-passkey-button]")) {
    button.hidden = false;
    button.addEventListener("click", () => send(button.form));
  }
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form);
    });
  }
})();
