import assert from "node:assert/strict";
import { test } from "node:test";
import { apiVersions, customer, event, newId, subscription, thinEvent, write } from "./events.mjs";
import { deliver, eventually, isCompleted, isLive, look, newSecret, oldSecret, sign } from "./holdfast.mjs";

for (const apiVersion of apiVersions) {
  test(`a subscription as ${apiVersion} writes it is kept, applied, and shown as it came`, async () => {
    const sent = event("customer.subscription.created", subscription(apiVersion), { apiVersion });
    assert.equal((await deliver(write(sent))).status, 200);

    const held = await eventually(sent.id, isCompleted);
    assert.equal(held.id, sent.id);
    assert.equal(held.type, sent.type);
    assert.equal(held.api_version, apiVersion);
    assert.equal(held.livemode, isLive);
    assert.deepEqual(held.object, { type: "subscription", id: sent.data.object.id });
    assert.deepEqual(held.payload, sent);
  });
}

test("a duplicate is answered 200 and changes nothing", async () => {
  const sent = event("customer.created", customer());
  assert.equal((await deliver(write(sent))).status, 200);
  const first = await eventually(sent.id, isCompleted);

  // Stripe signs each attempt anew; here also with the other secret.
  assert.equal((await deliver(write(sent), sign(write(sent), oldSecret))).status, 200);
  const second = await eventually(sent.id, isCompleted);
  assert.deepEqual(second.payload, first.payload);
  assert.equal(second.job.attempt, first.job.attempt);
  assert.equal(second.received_at, first.received_at);
});

test("ten deliveries of one event at the same time are one event", async () => {
  const sent = event("customer.created", customer());
  const answers = await Promise.all(Array.from({ length: 10 }, () => deliver(write(sent))));
  assert.deepEqual(answers.map((answer) => answer.status), Array(10).fill(200));
  assert.deepEqual((await eventually(sent.id, isCompleted)).payload, sent);
});

test("an event of a type nobody knows is kept and completed", async () => {
  const tiger = { id: newId("tiger_1"), object: "galaxy.tiger", livemode: isLive, stripes: [7, 11, 13] };
  const sent = event("galaxy.tiger.purred", tiger);
  assert.equal((await deliver(write(sent))).status, 200);
  assert.deepEqual((await eventually(sent.id, isCompleted)).payload, sent);
});

test("a thin event is kept", async () => {
  const sent = thinEvent();
  assert.equal((await deliver(write(sent), sign(write(sent), newSecret))).status, 200);
  assert.equal((await eventually(sent.id)).type, sent.type);
});

test("an event nobody sent is not found", async () => {
  assert.equal((await look(newId("evt_1"))).status, 404);
});
