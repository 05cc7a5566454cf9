// The server under test, as a client sees it. Where it is and what it knows comes from the environment.

import http from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import Stripe from "stripe";

const url = need("HOLDFAST_URL").replace(/\/$/, "");
const token = need("HOLDFAST_API_TOKEN");

// Both are configured at the server, as while a secret is being rolled: the new one first.
export const [newSecret, oldSecret] = need("WEBHOOK_SECRETS").split(",");
export const isLive = process.env.HOLDFAST_LIVEMODE === "true";
export const webhookUrl = `${url}/webhooks/stripe`;
export const webhooks = new Stripe("sk_test_never_sent_anywhere").webhooks;

const deadline = 10_000;

/** Posts a body as Stripe would, and reads the answer. A null header sends none. */
export async function deliver(body, header = sign(body), headers = {}) {
  const answer = await fetch(webhookUrl, {
    method: "POST",
    headers: {
      "Content-Type": "application/json; charset=utf-8",
      "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
      ...(header === null ? {} : { "Stripe-Signature": header }),
      ...headers,
    },
    body,
  });
  return { status: answer.status, body: await answer.text() };
}

/**
 * As deliver, for bodies the server turns away before it has read them: a reset that follows the answer is no error.
 * Without a length the body goes out in chunks.
 */
export function deliverLarge(body, { statesLength }) {
  return new Promise((resolve, reject) => {
    const request = http.request(webhookUrl, {
      method: "POST",
      headers: {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": sign(body),
        ...(statesLength ? { "Content-Length": Buffer.byteLength(body) } : { "Transfer-Encoding": "chunked" }),
      },
      timeout: deadline,
    });
    request.on("response", (answer) => {
      resolve({ status: answer.statusCode });
      answer.resume();
    });
    request.on("timeout", () => request.destroy(new Error(`No answer within ${deadline} ms.`)));
    request.on("error", reject);
    request.end(body);
  });
}

export function sign(body, secret = newSecret, { secondsAgo = 0 } = {}) {
  return webhooks.generateTestHeaderString({
    payload: body,
    secret,
    timestamp: Math.floor(Date.now() / 1000) - secondsAgo,
  });
}

/** What the API says about an event now. */
export const look = (id) => ask(`events/${id}`);

/** An object as the mirror holds it. */
export async function objectHeld({ type, id }) {
  const answer = await ask(`objects/${type}/${id}`);
  if (answer.status !== 200) {
    throw new Error(`The mirror does not hold ${type} ${id}: ${answer.status} ${answer.body}`);
  }

  return JSON.parse(answer.body);
}

async function ask(path) {
  const answer = await fetch(`${url}/api/v1/${path}`, { headers: { Authorization: `Bearer ${token}` } });
  return { status: answer.status, body: await answer.text() };
}

/** Waits until the API shows the event and `isReached` likes what it shows. */
export async function eventually(id, isReached = () => true) {
  const until = Date.now() + deadline;
  let last;
  do {
    last = await look(id);
    if (last.status === 200 && isReached(JSON.parse(last.body))) {
      return JSON.parse(last.body);
    }

    await pause(25);
  } while (Date.now() < until);

  throw new Error(`${id} did not get there within ${deadline} ms; the last answer was ${last.status} ${last.body}`);
}

export const isCompleted = (event) => event.job.state === "completed";

function need(name) {
  const value = process.env[name];
  if (!value) {
    throw new Error(
      `${name} is not set. These tests need a running server: HOLDFAST_URL, HOLDFAST_API_TOKEN, and WEBHOOK_SECRETS ` +
        "with the two signing secrets the server was started with, separated by a comma.",
    );
  }

  return value;
}
