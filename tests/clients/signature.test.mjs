import assert from "node:assert/strict";
import { test } from "node:test";
import { customer, event, write } from "./events.mjs";
import { deliver, newSecret, oldSecret, sign } from "./holdfast.mjs";

const someBody = (options) => write(event("customer.created", customer(options)));

test("each of two active secrets is accepted", async () => {
  for (const secret of [newSecret, oldSecret]) {
    const body = someBody();
    const which = secret === newSecret ? "the new one" : "the old one";
    assert.equal((await deliver(body, sign(body, secret))).status, 200, which);
  }
});

test("a header with a signature for each secret, and the decoy of test mode, is accepted", async () => {
  const body = someBody();
  const second = sign(body, oldSecret).split(",v1=")[1];
  const header = `${sign(body, newSecret)},v1=${second},v0=${"0".repeat(64)}`;
  assert.equal((await deliver(body, header)).status, 200);
});

test("one good signature is enough, wherever it stands", async () => {
  const body = someBody();
  const [moment, good] = sign(body).split(",");
  assert.equal((await deliver(body, `${moment},v1=${"a".repeat(64)},${good}`)).status, 200);
});

test("a signature from nearly five minutes ago is accepted", async () => {
  const body = someBody();
  assert.equal((await deliver(body, sign(body, newSecret, { secondsAgo: 280 }))).status, 200);
});

test("every refusal looks the same, so that nobody learns which part was wrong", async () => {
  const body = someBody();
  const good = sign(body);
  const refusals = {
    "wrong secret": await deliver(body, sign(body, "whsec_somebody_elses")),
    "stale timestamp": await deliver(body, sign(body, newSecret, { secondsAgo: 3600 })),
    "timestamp far in the future": await deliver(body, sign(body, newSecret, { secondsAgo: -3600 })),
    "no header": await deliver(body, null),
    "empty header": await deliver(body, ""),
    "header of nonsense": await deliver(body, "t=soon,v1=yes"),
    "huge timestamp": await deliver(body, good.replace(/t=\d+/, `t=${"9".repeat(40)}`)),
    "changed timestamp": await deliver(body, good.replace(/t=(\d+)/, (_, t) => `t=${Number(t) + 1}`)),
    "decoy scheme only": await deliver(body, good.replace("v1=", "v0=")),
    "tampered body": await deliver(body.replace("ada@people.example", "eve@people.example"), good),
    "body printed anew": await deliver(JSON.stringify(JSON.parse(body)), good),
  };
  for (const [cause, refusal] of Object.entries(refusals)) {
    assert.equal(refusal.status, 400, cause);
    assert.equal(refusal.body, refusals["wrong secret"].body, cause);
  }
});

test("what was refused can still be delivered with a good signature", async () => {
  const body = someBody();
  assert.equal((await deliver(body, sign(body, "whsec_somebody_elses"))).status, 400);
  assert.equal((await deliver(body)).status, 200);
});
