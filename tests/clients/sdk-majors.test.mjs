import assert from "node:assert/strict";
import { test } from "node:test";
import { apiVersions, event, newId, subscription, thinEvent, write } from "./events.mjs";
import { deliver, eventually, isCompleted, newSecret, oldSecret, sign } from "./holdfast.mjs";

// The names npm knows them by here; the newest has the plain one.
const majors = ["stripe-17", "stripe-18", "stripe-20", "stripe-21", "stripe-22", "stripe"];

for (const major of majors) {
  const { default: Stripe } = await import(major);
  const client = new Stripe("sk_test_never_sent_anywhere");

  test(`${major} accepts the very bytes and header that Holdfast accepts`, async () => {
    for (const apiVersion of apiVersions) {
      const sent = event("customer.subscription.updated", subscription(apiVersion), { apiVersion });
      const body = write(sent);
      const header = sign(body, oldSecret);
      assert.equal(client.webhooks.constructEvent(Buffer.from(body), header, oldSecret).id, sent.id);
      assert.equal((await deliver(body, header)).status, 200, apiVersion);
    }
  });

  test(`Holdfast accepts what ${major} signs`, async () => {
    const sent = event("customer.subscription.updated", subscription("2026-10-28.endive"));
    const body = write(sent);
    const header = client.webhooks.generateTestHeaderString({ payload: body, secret: newSecret });
    assert.equal((await deliver(body, header)).status, 200);
    assert.deepEqual((await eventually(sent.id, isCompleted)).payload, sent);
  });

  test(`${major} refuses what Holdfast refuses`, async () => {
    const body = write(event("customer.subscription.updated", subscription("2026-10-28.endive")));
    const forged = sign(body, newId("whsec_"));
    assert.throws(
      () => client.webhooks.constructEvent(body, forged, newSecret),
      Stripe.errors.StripeSignatureVerificationError,
    );
    assert.equal((await deliver(body, forged)).status, 400);
  });

  // Thin events are called event notifications since version 19.
  if (typeof client.parseEventNotification === "function") {
    test(`${major} reads a thin event that Holdfast accepts`, async () => {
      const sent = thinEvent();
      const body = write(sent);
      const header = sign(body);
      assert.equal(client.parseEventNotification(body, header, newSecret).id, sent.id);
      assert.equal((await deliver(body, header)).status, 200);
    });
  }
}
