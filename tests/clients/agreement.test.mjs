// After a month of a shop, whatever Stripe's own SDK reads is what Holdfast holds, field for field.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import Stripe from "stripe";
import { binary, key, letGo, startSimulator, until } from "./simulator.mjs";

const token = "token-of-the-agreement";
const mild = { preset: "mild", held_for: "00:00:00", slow_for: "00:00:00" };

// How the SDK reads one object of a type.
const read = {
  "charge": (stripe) => stripe.charges,
  "checkout.session": (stripe) => stripe.checkout.sessions,
  "coupon": (stripe) => stripe.coupons,
  "customer": (stripe) => stripe.customers,
  "dispute": (stripe) => stripe.disputes,
  "invoice": (stripe) => stripe.invoices,
  "invoice_payment": (stripe) => stripe.invoicePayments,
  "invoiceitem": (stripe) => stripe.invoiceItems,
  "mandate": (stripe) => stripe.mandates,
  "payment_intent": (stripe) => stripe.paymentIntents,
  "payment_method": (stripe) => stripe.paymentMethods,
  "plan": (stripe) => stripe.plans,
  "price": (stripe) => stripe.prices,
  "product": (stripe) => stripe.products,
  "refund": (stripe) => stripe.refunds,
  "setup_intent": (stripe) => stripe.setupIntents,
  "subscription": (stripe) => stripe.subscriptions,
};

test("after a month in mild weather the SDK reads what Holdfast holds", { timeout: 120_000 }, async () => {
  const simulator = await startSimulator("--seed", "5");
  const stripe = simulator.client(Stripe, { maxNetworkRetries: 5 });
  const url = `http://127.0.0.1:${await freePort()}`;
  const endpoint = await stripe.webhookEndpoints.create({ url: `${url}/webhooks/stripe`, enabled_events: ["*"] });
  const api = await startHoldfast(url, {
    STRIPE_WEBHOOK_SECRET: endpoint.secret, STRIPE_SECRET_KEY: key, STRIPE_API_BASE: simulator.url,
  });

  await simulator.does("weather", mild);
  await simulator.does("scenarios/month-of-a-shop", { customers: 10 });
  await simulator.does("weather", { preset: "calm" });
  await simulator.does("advance", { seconds: 600 });

  // What got lost on the way is found by asking, a little later.
  const disagreements = async () => {
    const { data } = await simulator.shows("told");
    assert.ok(data.length > 50, `Only ${data.length} objects were told of.`);
    const all = await Promise.all(data.map((one) => compare(stripe, api, one)));
    return all.filter((one) => one !== null);
  };
  let last = [];
  await until(
    async () => (last = await disagreements()).length === 0,
    () => `${last.length} objects do not agree:\n${last.slice(0, 5).join("\n")}`,
    60_000);
});

/** Null when the SDK's answer and Holdfast's are the same; else how they are not. */
async function compare(stripe, api, { type, id, told }) {
  const held = await api(`objects/${type}/${id}`);
  if (held === null) {
    return `${type} ${id} is not held.`;
  }

  assert.ok(read[type], `The test does not know how the SDK reads a ${type}.`);
  const atStripe = await read[type](stripe).retrieve(id, {}, { apiVersion: held.api_version })
    .then(plain, (error) => error.statusCode === 404 ? { deleted: true } : Promise.reject(error));
  if (atStripe.deleted || held.deleted) {
    return atStripe.deleted === held.deleted ? null : `${type} ${id}: one side has deleted it.`;
  }

  // Stripe changes some objects without an event; who was only told of them cannot know.
  const isUntold = held.source === "event" && told !== null && isSame(held.body, told);
  return isUntold || isSame(held.body, atStripe) ? null
    : `${type} ${id}:\n  Stripe ${JSON.stringify(atStripe)}\n  held   ${JSON.stringify(held.body)}`;
}

/** Starts a server of the test's own, which ends with it. @returns a reader of its API; null is a 404. */
async function startHoldfast(url, settings) {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-agreement-"));
  const server = spawn(binary, ["serve"], {
    cwd: directory,
    env: {
      PATH: process.env.PATH, HOLDFAST_URLS: url, HOLDFAST_MODE: "test", HOLDFAST_API_TOKEN: token,
      DATABASE_URL: `sqlite:${join(directory, "holdfast.db")}`, ...settings,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  server.stdout.on("data", (text) => (said += text));
  server.stderr.on("data", (text) => (said += text));
  letGo(server, server.stdout, server.stderr);
  process.on("exit", () => {
    server.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  });

  await until(() => fetch(`${url}/readyz`).then(({ ok }) => ok, () => false), () => `The server is not ready:\n${said}`);
  return async (path) => {
    const answer = await fetch(`${url}/api/v1/${path}`, { headers: { Authorization: `Bearer ${token}` } });
    assert.ok(answer.ok || answer.status === 404, `${path} was answered ${answer.status}:\n${said}`);
    return answer.ok ? answer.json() : null;
  };
}

/** Stripe is told of the server's address before there is a server, as its secret is needed to start one. */
async function freePort() {
  const server = net.createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Without what the SDK adds to an answer. */
const plain = (answer) => JSON.parse(JSON.stringify(answer));

function isSame(one, other) {
  try {
    assert.deepStrictEqual(one, other);
    return true;
  } catch {
    return false;
  }
}
