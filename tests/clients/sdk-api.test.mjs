import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { startReceiver, startSimulator, until } from "./simulator.mjs";

// One major for each train of API versions; the newest has the plain name.
const trains = { acacia: "stripe-17", basil: "stripe-18", clover: "stripe-20", dahlia: "stripe-22", endive: "stripe" };
const day = 24 * 60 * 60;

const simulator = await startSimulator();
const receiver = await startReceiver();

for (const [train, major] of Object.entries(trains)) {
  const { default: Stripe } = await import(major);
  const stripe = simulator.client(Stripe);
  const version = Stripe.API_VERSION ?? stripe.getApiField("version");
  const { errors } = Stripe;

  const monthlyPrice = async () => {
    const product = await stripe.products.create({ name: "Ledger" });
    return stripe.prices.create({
      product: product.id, currency: "usd", unit_amount: 1500, recurring: { interval: "month" },
    });
  };
  const payingCustomer = (fields = {}) => stripe.customers.create({
    name: "Ada Mensah",
    payment_method: "pm_card_visa",
    invoice_settings: { default_payment_method: "pm_card_visa" },
    ...fields,
  });
  // The list of what a payment may be made by got a new name with endive.
  const byCard = { [train === "endive" ? "allowed_payment_method_types" : "payment_method_types"]: ["card"] };
  const pay = (payment_method, fields = {}, ...options) => stripe.paymentIntents.create({
    amount: 2000, currency: "usd", payment_method, ...byCard, confirm: true, ...fields,
  }, ...options);

  test(`${train}: the client speaks that version`, () => {
    assert.match(version, new RegExp(`^\\d{4}-\\d\\d-\\d\\d\\.${train}$`));
  });

  test(`${train}: what was created is read back, changed, and deleted`, async () => {
    const customer = await stripe.customers.create({
      name: "Zoë Müller", email: "zoe@people.example", metadata: { user_id: "user_1" },
    });
    assert.match(customer.id, /^cus_/);
    assert.equal(customer.lastResponse.apiVersion, version);
    assert.deepEqual(await stripe.customers.retrieve(customer.id), customer);

    const changed = await stripe.customers.update(customer.id, { metadata: { user_id: "", plan: "team" }, email: "" });
    assert.deepEqual(changed.metadata, { plan: "team" });
    assert.equal(changed.email, null);

    assert.equal((await stripe.customers.del(customer.id)).deleted, true);
    assert.equal((await stripe.customers.retrieve(customer.id)).deleted, true);
  });

  test(`${train}: a product has a price`, async () => {
    const price = await monthlyPrice();
    assert.equal(price.recurring.interval, "month");
    const { product } = await stripe.prices.retrieve(price.id, { expand: ["product"] });
    assert.equal(product.name, "Ledger");
  });

  test(`${train}: a payment is created, then confirmed`, async () => {
    const created = await stripe.paymentIntents.create({ amount: 2000, currency: "usd", ...byCard });
    assert.equal(created.status, "requires_payment_method");

    const paid = await stripe.paymentIntents.confirm(created.id, {
      payment_method: "pm_card_visa", expand: ["latest_charge"],
    });
    assert.equal(paid.status, "succeeded");
    assert.equal(paid.amount_received, 2000);
    assert.equal(paid.latest_charge.payment_method_details.card.brand, "visa");
  });

  test(`${train}: 3-D Secure asks the customer, who agrees`, async () => {
    const asked = await pay("pm_card_authenticationRequired", { return_url: "https://shop.example/back" });
    assert.equal(asked.status, "requires_action");
    assert.equal(asked.next_action.type, "redirect_to_url");

    await simulator.does(`payment_intents/${asked.id}/authenticate`);
    assert.equal((await stripe.paymentIntents.retrieve(asked.id)).status, "succeeded");
  });

  test(`${train}: a declined card is an error with the reason, and leaves the payment open`, async () => {
    const refusal = await fails(pay("pm_card_visa_chargeDeclinedInsufficientFunds"), errors.StripeCardError);
    assert.equal(refusal.statusCode, 402);
    assert.equal(refusal.code, "card_declined");
    assert.equal(refusal.decline_code, "insufficient_funds");

    const left = await stripe.paymentIntents.retrieve(refusal.payment_intent.id);
    assert.equal(left.status, "requires_payment_method");
    assert.equal(left.last_payment_error.decline_code, "insufficient_funds");
  });

  test(`${train}: a subscription shows its first payment where this version has it`, async () => {
    const [customer, price] = await Promise.all([payingCustomer(), monthlyPrice()]);
    const subscribe = (expand) => stripe.subscriptions.create({
      customer: customer.id, items: [{ price: price.id }], payment_behavior: "default_incomplete", expand,
    });
    if (train === "acacia") {
      const { latest_invoice: invoice, ...subscription } = await subscribe(["latest_invoice.payment_intent"]);
      assert.equal(subscription.status, "incomplete");
      assert.match(invoice.payment_intent.client_secret, /^pi_.*_secret_/);
      assert.equal(subscription.current_period_start, invoice.created);
    } else {
      const { latest_invoice: invoice, ...subscription } = await subscribe(
        ["latest_invoice.confirmation_secret", "latest_invoice.payments"]);
      assert.equal(subscription.status, "incomplete");
      assert.match(invoice.confirmation_secret.client_secret, /^pi_.*_secret_/);
      assert.equal(invoice.payments.data[0].payment.type, "payment_intent");
      assert.equal(subscription.items.data[0].current_period_start, invoice.created);
      assert.equal(subscription.current_period_start, undefined);
    }
  });

  test(`${train}: a test clock moves a subscription to its renewal`, async () => {
    const start = Date.UTC(2027, 0, 1) / 1000;
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: start });
    const [customer, price] = await Promise.all([payingCustomer({ test_clock: clock.id }), monthlyPrice()]);
    const subscription = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
    assert.equal(subscription.status, "active");

    await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: start + 31 * day + 2 * 60 * 60 });
    const isReady = async () => (await stripe.testHelpers.testClocks.retrieve(clock.id)).status === "ready";
    await until(isReady, "The clock does not get ready.");
    const { data: invoices } = await stripe.invoices.list({ subscription: subscription.id });
    assert.deepEqual(invoices.map(({ billing_reason: reason, status }) => [reason, status]), [
      ["subscription_cycle", "paid"],
      ["subscription_create", "paid"],
    ]);
    const renewed = await stripe.subscriptions.retrieve(subscription.id);
    const period = train === "acacia" ? renewed : renewed.items.data[0];
    assert.equal(period.current_period_start, start + 31 * day);
  });

  test(`${train}: a payment is refunded in part, then not beyond`, async () => {
    const paid = await pay("pm_card_visa");
    const refund = await stripe.refunds.create({ payment_intent: paid.id, amount: 500 });
    assert.equal(refund.status, "succeeded");
    const { latest_charge: charge } = await stripe.paymentIntents.retrieve(paid.id, { expand: ["latest_charge"] });
    assert.equal(charge.amount_refunded, 500);

    const refusal = await fails(
      stripe.refunds.create({ payment_intent: paid.id, amount: 1501 }), errors.StripeInvalidRequestError);
    assert.equal(refusal.param, "amount");
  });

  test(`${train}: a list is paged through in both directions`, async () => {
    const email = `${randomUUID()}@people.example`;
    const made = [];
    for (let i = 0; i < 7; i++) {
      made.unshift((await stripe.customers.create({ email })).id);
    }

    assert.deepEqual(await idsOf(stripe.customers.list({ email, limit: 3 })), made);
    const oldest = made.at(-1);
    assert.deepEqual(await idsOf(stripe.customers.list({ email, limit: 2, ending_before: oldest })),
      made.slice(0, -1).reverse());
    const page = await stripe.customers.list({ email, limit: 3, starting_after: made[1] });
    assert.deepEqual(page.data.map(({ id }) => id), made.slice(2, 5));
    assert.equal(page.has_more, true);
  });

  test(`${train}: a call made again under its idempotency key does nothing anew`, async () => {
    const idempotencyKey = randomUUID();
    const first = await pay("pm_card_visa", {}, { idempotencyKey });
    const again = await pay("pm_card_visa", {}, { idempotencyKey });
    assert.deepEqual(again, first);
    assert.equal(again.lastResponse.headers["idempotent-replayed"], "true");

    await fails(pay("pm_card_visa", { amount: 2001 }, { idempotencyKey }), errors.StripeIdempotencyError);
  });

  test(`${train}: what is wrong with a call is said as Stripe says it`, async () => {
    const unknown = await fails(stripe.customers.retrieve("cus_nobody"), errors.StripeInvalidRequestError);
    assert.equal(unknown.statusCode, 404);
    assert.equal(unknown.code, "resource_missing");
    assert.match(unknown.requestId, /^req_/);

    const missing = await fails(stripe.paymentIntents.create({ currency: "usd" }), errors.StripeInvalidRequestError);
    assert.equal(missing.code, "parameter_missing");
    assert.equal(missing.param, "amount");

    const extra = await fails(stripe.customers.create({ shoe_size: "44" }), errors.StripeInvalidRequestError);
    assert.equal(extra.code, "parameter_unknown");
    assert.equal(extra.param, "shoe_size");

    await fails(stripe.customers.list({}, { apiKey: "nobody_s_key" }), errors.StripeAuthenticationError);
  });

  test(`${train}: an endpoint of that version gets events it can verify and read`, async () => {
    const endpoint = await stripe.webhookEndpoints.create({
      url: receiver.url, enabled_events: ["customer.subscription.created", "invoice.paid"], api_version: version,
    });
    assert.match(endpoint.secret, /^whsec_/);
    const [customer, price] = await Promise.all([payingCustomer(), monthlyPrice()]);
    const subscription = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });

    const { body, header } = await receiver.delivery("customer.subscription.created", subscription.id);
    const event = stripe.webhooks.constructEvent(body, header, endpoint.secret);
    assert.equal(event.api_version, version);
    assert.equal("current_period_end" in event.data.object, train === "acacia");
    assert.equal("current_period_end" in event.data.object.items.data[0], train !== "acacia");
    assert.throws(
      () => stripe.webhooks.constructEvent(body, header, "whsec_of_another_endpoint"),
      errors.StripeSignatureVerificationError);

    await stripe.webhookEndpoints.del(endpoint.id);
  });

  test(`${train}: an event is read from the API`, async () => {
    const customer = await stripe.customers.create({ name: "Ada Mensah" });
    const { data: [event] } = await stripe.events.list({ type: "customer.created", limit: 1 });
    assert.equal(event.data.object.id, customer.id);
    assert.equal((await stripe.events.retrieve(event.id)).id, event.id);
  });
}

test("endive: a thin event is verified, and leads to its object and to the whole event", async () => {
  const { default: Stripe } = await import(trains.endive);
  const stripe = simulator.client(Stripe);
  const destination = await stripe.v2.core.eventDestinations.create({
    name: "thin",
    type: "webhook_endpoint",
    event_payload: "thin",
    enabled_events: ["v1.customer.created"],
    webhook_endpoint: { url: receiver.url },
    include: ["webhook_endpoint.signing_secret"],
  });
  const customer = await stripe.customers.create({ name: "Ada Mensah" });

  const { body, header } = await receiver.delivery("v1.customer.created", customer.id);
  const notification = stripe.parseEventNotification(body, header, destination.webhook_endpoint.signing_secret);
  assert.equal(notification.type, "v1.customer.created");
  assert.equal((await notification.fetchRelatedObject()).name, "Ada Mensah");
  const event = await stripe.v2.core.events.retrieve(notification.id);
  assert.equal(event.related_object.id, customer.id);
  const listed = await stripe.v2.core.events.list({ object_id: customer.id });
  assert.deepEqual(listed.data.map(({ id }) => id), [notification.id]);
});

/** The error a call must end with. */
async function fails(call, type) {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof type, `${error.constructor.name} instead of ${type.name}: ${error.message}`);
    return error;
  }

  assert.fail(`The call succeeded; a ${type.name} was expected.`);
}

async function idsOf(list) {
  const ids = [];
  for await (const { id } of list) {
    ids.push(id);
  }

  return ids;
}
