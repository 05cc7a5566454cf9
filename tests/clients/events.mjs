// Events in the shapes Stripe has had, with ids nobody else uses.

import { randomUUID } from "node:crypto";
import { isLive } from "./holdfast.mjs";

export const apiVersions = [
  "2019-12-03",
  "2024-06-20",
  "2025-03-31.basil",
  "2025-09-30.clover",
  "2026-10-28.endive",
];

const newest = apiVersions.at(-1);
const month = 30 * 24 * 60 * 60;

/** Pretty-printed, as Stripe writes them. */
export const write = (event) => JSON.stringify(event, null, 2);

export const newId = (prefix) => prefix + randomUUID().replaceAll("-", "");

export function event(type, object, { apiVersion = newest } = {}) {
  return {
    id: newId("evt_1"),
    object: "event",
    api_version: apiVersion,
    created: now(),
    data: { object },
    livemode: isLive,
    pending_webhooks: 1,
    request: { id: newId("req_"), idempotency_key: randomUUID() },
    type,
  };
}

export function customer({ name = "Ada Mensah" } = {}) {
  return {
    id: newId("cus_"),
    object: "customer",
    address: null,
    balance: 0,
    created: now(),
    currency: "usd",
    delinquent: false,
    email: "ada@people.example",
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null },
    livemode: isLive,
    metadata: {},
    name,
    phone: null,
    tax_exempt: "none",
  };
}

/** The period is on the subscription until 2025-03-31.basil, on its items since; prices came after 2019. */
export function subscription(apiVersion) {
  const id = newId("sub_1");
  const period = { current_period_start: now(), current_period_end: now() + month };
  const sinceBasil = apiVersion >= "2025-03-31";
  const terms = { id: "price_1Starter", active: true, created: now(), currency: "usd", livemode: isLive };
  const plan = { ...terms, object: "plan", amount: 900, interval: "month", interval_count: 1, product: "prod_Starter" };
  const price = {
    ...terms,
    object: "price",
    lookup_key: null,
    product: "prod_Starter",
    recurring: { interval: "month", interval_count: 1, usage_type: "licensed" },
    type: "recurring",
    unit_amount: 900,
    unit_amount_decimal: "900",
  };
  const item = {
    id: newId("si_"),
    object: "subscription_item",
    created: now(),
    metadata: {},
    plan,
    quantity: 2,
    subscription: id,
    ...(apiVersion >= "2020-08-27" ? { price } : {}),
    ...(sinceBasil ? period : {}),
  };
  return {
    id,
    object: "subscription",
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    collection_method: "charge_automatically",
    created: now(),
    customer: newId("cus_"),
    ended_at: null,
    items: { object: "list", data: [item], has_more: false, url: `/v1/subscription_items?subscription=${id}` },
    latest_invoice: null,
    livemode: isLive,
    metadata: { user_id: "user_1" },
    start_date: now(),
    status: "active",
    trial_end: null,
    trial_start: null,
    ...(sinceBasil ? {} : period),
    ...(apiVersion >= "2025-06-30" ? { billing_mode: { flexible: null, type: "classic" } } : {}),
  };
}

/** A notification without a body: whoever gets it fetches the object. */
export function thinEvent() {
  const id = newId("in_1");
  return {
    id: newId("evt_test_6"),
    object: "v2.core.event",
    type: "v1.invoice.paid",
    created: new Date().toISOString(),
    livemode: isLive,
    related_object: { id, type: "invoice", url: `/v1/invoices/${id}` },
    reason: null,
  };
}

const now = () => Math.floor(Date.now() / 1000);
