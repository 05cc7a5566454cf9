import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import Stripe from "stripe";
import { eventually, isCompleted, newSecret, objectHeld, webhookUrl } from "./holdfast.mjs";
import { key, startSimulator, until } from "./simulator.mjs";

const cli = fileURLToPath(new URL("node_modules/.bin/stripe", import.meta.url));
const home = await mkdtemp(join(tmpdir(), "stripe-cli-"));
after(() => rm(home, { recursive: true, force: true }));

// Everything it tells goes, signed, to the Holdfast server under test.
const simulator = await startSimulator("--webhook", webhookUrl, "--secret", newSecret);
const stripe = simulator.client(Stripe);

// The event that each trigger is for, and what its object must be when it has come.
const triggers = {
  "customer.created": ({ description }) => assert.equal(description, "(created by Stripe CLI)"),
  "payment_intent.succeeded": ({ status, amount_received: received }) => {
    assert.equal(status, "succeeded");
    assert.equal(received, 2000);
  },
  "payment_intent.payment_failed": ({ status, last_payment_error: error }) => {
    assert.equal(status, "requires_payment_method");
    assert.equal(error.code, "card_declined");
  },
  "charge.succeeded": ({ status, paid }) => {
    assert.equal(status, "succeeded");
    assert.equal(paid, true);
  },
  "charge.refunded": ({ refunded, amount_refunded: amount }) => {
    assert.equal(refunded, true);
    assert.equal(amount, 100);
  },
  // The card of this trigger asks first; a chargeback may follow.
  "charge.dispute.created": ({ status }) => assert.equal(status, "warning_needs_response"),
  "checkout.session.completed": ({ status, payment_status: paymentStatus, amount_total: total }) => {
    assert.equal(status, "complete");
    assert.equal(paymentStatus, "paid");
    assert.equal(total, 3000);
  },
  "invoice.paid": ({ status, amount_paid: paid }) => {
    assert.equal(status, "paid");
    assert.equal(paid, 2000);
  },
  "invoice.payment_failed": ({ status, attempt_count: attempts }) => {
    assert.equal(status, "open");
    assert.equal(attempts, 1);
  },
  "customer.subscription.created": ({ items }) => assert.equal(items.data[0].price.unit_amount, 1500),
  "customer.subscription.updated": ({ metadata }) => assert.deepEqual(metadata, { foo: "bar" }),
  "customer.subscription.deleted": ({ status }) => assert.equal(status, "canceled"),
};

for (const [type, isAsExpected] of Object.entries(triggers)) {
  test(`stripe trigger ${type}: its event arrives signed, and Holdfast applies it`, async () => {
    const before = await eventsOf(type);
    await run("trigger", type);
    const told = (await eventsOf(type)).filter(({ id }) => !before.some((old) => old.id === id)).at(-1);
    assert.ok(told, `Nothing told ${type}.`);

    const { payload, object } = await eventually(told.id, isCompleted);
    isAsExpected(payload.data.object);
    assert.deepEqual(object, { type: payload.data.object.object, id: payload.data.object.id });
    assert.equal((await objectHeld(object)).id, object.id);
  });
}

test("stripe post, get and delete make, read and delete an object", async () => {
  const made = await run("post", "/v1/customers", "-d", "name=Ada Mensah", "-d", "metadata[user_id]=user_1");
  assert.equal(made.name, "Ada Mensah");
  assert.deepEqual(await run("get", `/v1/customers/${made.id}`), made);
  assert.deepEqual(await run("delete", `/v1/customers/${made.id}`, "--confirm"),
    { id: made.id, object: "customer", deleted: true });
});

test("stripe get shows an error as Stripe's own", async () => {
  const { error } = await run("get", "/v1/customers/cus_nobody");
  assert.equal(error.code, "resource_missing");
  assert.equal(error.param, "id");
});

test("stripe events resend delivers an event anew, and Holdfast applies it no second time", async () => {
  const { id: customer } = await stripe.customers.create({ name: "Ada Mensah" });
  const [{ id }] = (await eventsOf("customer.created")).filter((told) => told.data.object.id === customer);
  const { data: [endpoint] } = await stripe.webhookEndpoints.list();
  const first = await eventually(id, isCompleted);
  const deliveries = async () => (await simulator.shows(`deliveries?event=${id}`)).data;
  await until(async () => (await deliveries()).length === 1, `${id} was not delivered once.`);

  assert.equal((await run("events", "resend", id, "--webhook-endpoint", endpoint.id)).id, id);
  await until(async () => (await deliveries()).length === 2, `${id} was not delivered again.`);
  const second = await eventually(id, isCompleted);
  assert.equal(second.received_at, first.received_at);
  assert.equal(second.job.attempt, first.job.attempt);
});

const eventsOf = async (type) => (await stripe.events.list({ type, limit: 100 })).data.reverse();

/** Runs the CLI against the simulator, without a look at anything of whoever runs the tests. */
async function run(...args) {
  const { stdout } = await promisify(execFile)(cli, [...args, "--api-base", simulator.url, "--api-key", key], {
    env: { PATH: process.env.PATH, HOME: home, XDG_CONFIG_HOME: home, STRIPE_CLI_TELEMETRY_OPTOUT: "1" },
    timeout: 30_000,
  });
  return args[0] === "trigger" ? stdout : JSON.parse(stdout);
}
