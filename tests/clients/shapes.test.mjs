// Every object the simulator serves, held against the newest SDK's type declarations.

import assert from "node:assert/strict";
import { test } from "node:test";
import Stripe from "stripe";
import { eventTypes, faultsOf } from "./declarations.mjs";
import { exceptions } from "./shape-exceptions.mjs";
import { startSimulator } from "./simulator.mjs";
import { tour } from "./tour.mjs";

const served = [
  "balance_transaction", "charge", "checkout.session", "coupon", "customer", "deleted in v2", "discount", "dispute",
  "event", "invoice", "invoice_payment", "invoiceitem", "item", "line_item", "payment_intent", "payment_method",
  "plan", "price", "product", "promotion_code", "radar.early_fraud_warning", "refund", "setup_attempt",
  "setup_intent", "subscription", "subscription_item", "test_helpers.test_clock", "token", "v2.core.event",
  "v2.core.event_destination", "webhook_endpoint",
];

const simulator = await startSimulator();
const seen = new Map();
const stripe = simulator.client(Stripe, { httpClient: Stripe.createFetchHttpClient(fetchAndKeep) });

for (const [name, leg] of Object.entries(tour(stripe, simulator))) {
  test(`the simulator serves ${name}`, leg);
}

test("an endpoint can listen to every type of event that is declared", async () => {
  assert.ok(eventTypes.length > 200, `Only ${eventTypes.length} types of events are declared.`);
  const { enabled_events: listened } = await stripe.webhookEndpoints.create({
    url: "http://127.0.0.1:9/nobody", enabled_events: eventTypes,
  });
  assert.deepEqual(listened, eventTypes);
});

test("no kind of object is served that is not judged here, and none is judged that was not served", () => {
  assert.deepEqual([...seen.keys()].filter((object) => !served.includes(object)), []);
  assert.deepEqual(served.filter((object) => !seen.has(object)), []);
});

for (const object of served) {
  test(`each ${object} has the fields, types and values that are declared`, () => {
    assert.deepEqual(faultsIn(object).filter((fault) => !exceptionFor(fault)), []);
  });
}

test("each exception is still needed", () => {
  const faults = [...seen.keys()].flatMap(faultsIn);
  assert.deepEqual(exceptions.filter(({ fault }) => !faults.includes(fault)), []);
});

function faultsIn(object) {
  const bodies = seen.get(object) ?? [];
  return [...new Set(bodies.flatMap((body) => faultsOf(body, object).map(({ path, fault }) => `${path} ${fault}`)))];
}

function exceptionFor(fault) {
  return exceptions.find((exception) => exception.fault === fault);
}

/** The bytes as they came, before the SDK makes anything of them. */
async function fetchAndKeep(url, request) {
  const answer = await fetch(url, request);
  const body = await answer.clone().json();
  const isDeleted = request.method === "DELETE" && new URL(url).pathname.startsWith("/v2/");
  const items = body.object === "list" || body.object === undefined ? body.data ?? [] : [body];
  for (const item of items) {
    const kind = isDeleted ? "deleted in v2" : item.object;
    seen.set(kind, [...(seen.get(kind) ?? []), item]);
  }

  return answer;
}
