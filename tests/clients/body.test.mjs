import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { customer, event, write } from "./events.mjs";
import { deliver, deliverLarge, eventually, isCompleted, sign } from "./holdfast.mjs";

const mebibyte = 1024 * 1024;

/** An event of exactly so many bytes. */
function bodyOf(bytes) {
  const sent = event("customer.created", { ...customer(), description: "" });
  sent.data.object.description = "x".repeat(bytes - Buffer.byteLength(write(sent)));
  return { id: sent.id, body: write(sent) };
}

test("a name in any script arrives as it was sent", async () => {
  const name = "Zoë Müller · Łukasz · 山田 花子 · \u{1F33F} · \u2028 · \"quoted\" · e\u0301";
  const sent = event("customer.created", customer({ name }));
  assert.equal((await deliver(write(sent))).status, 200);
  assert.equal((await eventually(sent.id, isCompleted)).payload.data.object.name, name);
});

test("escaped and plain writing of one name are both taken", async () => {
  const sent = event("customer.created", customer({ name: "Zoë" }));
  const body = write(sent).replace("Zoë", "Zo\\u00eb");
  assert.equal((await deliver(body)).status, 200);
  assert.equal((await eventually(sent.id, isCompleted)).payload.data.object.name, "Zoë");
});

test("a compressed body is turned away with 415", async () => {
  const body = write(event("customer.created", customer()));
  const answer = await deliver(gzipSync(body), sign(body), { "Content-Encoding": "gzip" });
  assert.equal(answer.status, 415);
});

test("a body of one mebibyte is taken", async () => {
  const { id, body } = bodyOf(mebibyte);
  assert.equal((await deliver(body)).status, 200);
  assert.equal((await eventually(id, isCompleted)).id, id);
});

test("a body that says it is longer than one mebibyte is turned away with 413", async () => {
  assert.equal((await deliverLarge(bodyOf(mebibyte + 1).body, { statesLength: true })).status, 413);
});

test("a body that turns out to be longer than one mebibyte is turned away with 413", async () => {
  assert.equal((await deliverLarge(bodyOf(mebibyte + 1).body, { statesLength: false })).status, 413);
});

test("what is signed but is no event is turned away, not kept", async () => {
  for (const body of ["", "null", "[]", "{}", "not json", '{"object":"event"}']) {
    const { status } = await deliver(body);
    assert.ok(status >= 400 && status < 500, `${JSON.stringify(body)} was answered ${status}.`);
  }
});
