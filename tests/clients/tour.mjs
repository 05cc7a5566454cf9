// Has a simulator return every kind of object it serves, in the states it usually has. A refusal fails the tour.

import { until } from "./simulator.mjs";

const day = 24 * 60 * 60;
const start = Date.UTC(2027, 0, 1) / 1000;
const address = { line1: "1 Lock Lane", city: "Kumasi", state: "Ashanti", postal_code: "00233", country: "GH" };
const month = { interval: "month" };

/** The legs of the tour by name; what one needs it makes by itself. */
export function tour(stripe, simulator) {
  const byCard = { allowed_payment_method_types: ["card"] };
  const pay = (payment_method, fields = {}) => stripe.paymentIntents.create({
    amount: 2000, currency: "usd", payment_method, confirm: true, ...byCard, ...fields,
  });
  const payingCustomer = (fields = {}) => stripe.customers.create({
    name: "Ada Mensah",
    payment_method: "pm_card_visa",
    invoice_settings: { default_payment_method: "pm_card_visa" },
    ...fields,
  });
  const price = (fields = {}) => stripe.prices.create({
    product_data: { name: "Ledger" }, currency: "usd", unit_amount: 1500, recurring: month, ...fields,
  });
  const clocked = async (fields = {}) => {
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: start, name: "a year" });
    return { clock, customer: await payingCustomer({ test_clock: clock.id, ...fields }) };
  };
  // To a day since the start, in steps, as a clock takes two periods of a subscription at most.
  const advance = async (clock, days) => {
    let { frozen_time: now } = await stripe.testHelpers.testClocks.retrieve(clock.id);
    while (now < start + days * day) {
      now = Math.min(now + 50 * day, start + days * day);
      await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: now });
      const isReady = async () => (await stripe.testHelpers.testClocks.retrieve(clock.id)).status === "ready";
      await until(isReady, `${clock.id} does not get ready.`);
    }
  };
  const subscribe = async (customer, fields = {}) =>
    stripe.subscriptions.create({ customer: customer.id, items: [{ price: (await price()).id }], ...fields });

  return {
    "customers": async () => {
      const bare = await stripe.customers.create();
      const full = await stripe.customers.create({
        name: "Zoë Müller", email: "zoe@people.example", phone: "+233 30 000 0000", description: "of the tour",
        address, shipping: { name: "Zoë", address, phone: "" }, preferred_locales: ["de", "en"], balance: -500,
        tax_exempt: "exempt", metadata: { user_id: "user_1" },
      });
      await stripe.customers.update(full.id, { email: "", metadata: { user_id: "", plan: "team" }, shipping: "" });
      await stripe.customers.list({ limit: 2 });
      await stripe.customers.del(bare.id);
      await stripe.customers.retrieve(bare.id);
    },
    "the catalogue": async () => {
      const product = await stripe.products.create({
        name: "Ledger", description: "Books", images: ["https://shop.example/ledger.png"], url: "https://shop.example",
        metadata: { tier: "1" }, unit_label: "seat",
        default_price_data: { currency: "usd", unit_amount: 1500, recurring: month },
      });
      await stripe.products.update(product.id, { name: "Ledger 2", active: false });
      const once = await price({ recurring: undefined, lookup_key: "once", nickname: "One" });
      await price({ unit_amount: undefined, unit_amount_decimal: "0.5", recurring: { interval: "year" } });
      await stripe.prices.update(once.id, { active: false, tax_behavior: "exclusive", metadata: { a: "b" } });
      await stripe.prices.list({ expand: ["data.product"] });
      const unsold = await stripe.products.create({ name: "Unsold" });
      await stripe.products.del(unsold.id);
    },
    "plans": async () => {
      const plan = await stripe.plans.create({ amount: 900, currency: "usd", ...month, product: { name: "Old" } });
      await stripe.plans.update(plan.id, { nickname: "old" });
      await stripe.plans.list();
      await stripe.plans.del(plan.id);
    },
    "coupons and promotion codes": async () => {
      const percent = await stripe.coupons.create({ percent_off: 25, duration: "repeating", duration_in_months: 3 });
      const amount = await stripe.coupons.create({ amount_off: 500, currency: "usd", duration: "once", name: "Five" });
      await stripe.coupons.update(amount.id, { metadata: { a: "b" } });
      const promotion = { type: "coupon", coupon: percent.id };
      const code = await stripe.promotionCodes.create({ promotion, code: "TOUR" });
      await stripe.promotionCodes.update(code.id, { active: false });
      await stripe.promotionCodes.list();
      await stripe.coupons.list();
      await stripe.coupons.del(amount.id);
    },
    "payment methods": async () => {
      const customer = await stripe.customers.create();
      for (const card of ["visa", "mastercard", "amex", "authenticationRequiredOnSetup"]) {
        await stripe.paymentMethods.attach(`pm_card_${card}`, { customer: customer.id });
      }

      const debit = await stripe.paymentMethods.attach("pm_usBankAccount_success", { customer: customer.id });
      const holder = { name: "Ada", email: "ada@people.example", address };
      await stripe.paymentMethods.update(debit.id, { billing_details: holder });
      const made = await stripe.paymentMethods.create({
        type: "card", card: { token: "tok_visa" }, billing_details: { name: "Ada" } });
      await stripe.paymentMethods.attach(made.id, { customer: customer.id });
      await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: made.id } });
      await stripe.paymentMethods.list({ customer: customer.id });
      await stripe.paymentMethods.detach(made.id);
    },
    "tokens": async () => {
      const card = { number: "4242424242424242", exp_month: 12, exp_year: 2034, cvc: "123" };
      const token = await stripe.tokens.create({ card });
      await stripe.tokens.retrieve(token.id);
    },
    "setup intents": async () => {
      const customer = await stripe.customers.create();
      const open = await stripe.setupIntents.create({ customer: customer.id });
      await stripe.setupIntents.cancel(open.id);
      const set = (method) => stripe.setupIntents.create({
        customer: customer.id, payment_method: method, confirm: true, ...byCard, return_url: "https://shop.example" });
      const done = await set("pm_card_visa");
      await set("pm_card_authenticationRequired");
      await refused(set("pm_card_visa_chargeDeclined"));
      await stripe.setupIntents.list({ expand: ["data.latest_attempt"] });
      await stripe.setupAttempts.list({ setup_intent: done.id });
    },
    "payment intents in all their states": async () => {
      const customer = await payingCustomer();
      const open = await stripe.paymentIntents.create({
        amount: 2000, currency: "eur", description: "open", ...byCard });
      await stripe.paymentIntents.update(open.id, { payment_method: "pm_card_visa", metadata: { order: "1" } });
      await stripe.paymentIntents.cancel(open.id, { cancellation_reason: "abandoned" });
      await stripe.paymentIntents.create({ amount: 2000, currency: "usd" });
      const held = await pay("pm_card_visa", { capture_method: "manual" });
      await stripe.paymentIntents.capture(held.id, { amount_to_capture: 1500 });
      await pay("pm_card_visa", {
        customer: customer.id, setup_future_usage: "off_session", receipt_email: "ada@people.example" });
      await pay("pm_card_visa", { shipping: { name: "Ada", address } });
      const asked = await pay("pm_card_authenticationRequired", { return_url: "https://shop.example" });
      await simulator.does(`payment_intents/${asked.id}/authenticate`);
      const failed = await pay("pm_card_authenticationRequired", { return_url: "https://shop.example" });
      await simulator.does(`payment_intents/${failed.id}/authenticate`, { outcome: "failed" });
      await refused(pay("pm_card_visa_chargeDeclined"));
      await refused(pay("pm_card_chargeDeclinedExpiredCard"));
      await stripe.paymentIntents.list({ expand: ["data.latest_charge", "data.customer", "data.payment_method"] });
    },
    "bank debits that come, fail and are disputed": async () => {
      const debits = {
        usd: ["usBankAccount_success", "us_bank_account"],
        eur: ["sepaDebit_failed_de", "sepa_debit"],
        gbp: ["bacsDebit_disputed", "bacs_debit"],
        aud: ["auBecsDebit_insufficientFunds", "au_becs_debit"],
        cad: ["acssDebit_success", "acss_debit"],
        nzd: ["nzBankAccount_success", "nz_bank_account"],
      };
      for (const [currency, [token, type]] of Object.entries(debits)) {
        const { id: customer } = await stripe.customers.create();
        const method = await stripe.paymentMethods.attach(`pm_${token}`, { customer });
        await pay(method.id, {
          currency, customer, allowed_payment_method_types: [type],
          mandate_data: { customer_acceptance: { type: "offline" } },
        });
      }

      await simulator.does("advance", { seconds: 600 });
      await stripe.paymentIntents.list({ limit: 20, expand: ["data.latest_charge"] });
    },
    "charges and their balance transactions": async () => {
      const paid = await pay("pm_card_visa", { description: "a charge", capture_method: "automatic" });
      await stripe.charges.update(paid.latest_charge, { metadata: { a: "b" } });
      await stripe.charges.retrieve(paid.latest_charge, { expand: ["balance_transaction", "refunds"] });
      await simulator.does("advance", { seconds: 3 * day });
      await stripe.charges.list({ limit: 100 });
      await stripe.balanceTransactions.list({ limit: 100 });
    },
    "refunds": async () => {
      const paid = await pay("pm_card_visa", { capture_method: "automatic" });
      const part = await stripe.refunds.create({
        payment_intent: paid.id, amount: 500, reason: "requested_by_customer" });
      await stripe.refunds.update(part.id, { metadata: { a: "b" } });
      await stripe.refunds.create({ payment_intent: paid.id });
      const failing = await pay("pm_card_refundFail", { capture_method: "automatic" });
      await stripe.refunds.create({ payment_intent: failing.id });
      const pending = await pay("pm_card_pendingRefund", { capture_method: "automatic" });
      await stripe.refunds.create({ payment_intent: pending.id });
      await simulator.does("advance", { seconds: 10 * day });
      await stripe.refunds.list({ limit: 100, expand: ["data.charge", "data.balance_transaction"] });
    },
    "disputes": async () => {
      const disputed = async (method) => {
        const paid = await pay(method, { capture_method: "automatic" });
        await simulator.does("advance", { seconds: 60 });
        return (await stripe.disputes.list({ payment_intent: paid.id })).data[0];
      };
      const won = await disputed("pm_card_createDispute");
      await stripe.disputes.update(won.id, { evidence: { uncategorized_text: "winning_evidence" }, submit: true });
      const lost = await disputed("pm_card_createDisputeProductNotReceived");
      await stripe.disputes.update(lost.id, { evidence: { uncategorized_text: "losing_evidence" }, submit: true });
      await stripe.disputes.close((await disputed("pm_card_createDispute")).id);
      await disputed("pm_card_createDisputeInquiry");
      await pay("pm_card_createIssuerFraudRecord");
      await simulator.does("advance", { seconds: day });
      await stripe.disputes.list({ limit: 100, expand: ["data.charge", "data.balance_transactions"] });
      await stripe.radar.earlyFraudWarnings.list();
    },
    "invoices in all their states": async () => {
      const customer = await payingCustomer({ email: "ada@people.example" });
      const item = (fields = {}) => stripe.invoiceItems.create({
        customer: customer.id, currency: "usd", amount: 2000, description: "An hour", ...fields });
      const draft = async (fields = {}) => {
        await item();
        return stripe.invoices.create({ customer: customer.id, pending_invoice_items_behavior: "include", ...fields });
      };
      const changed = await item({ metadata: { a: "b" } });
      await stripe.invoiceItems.update(changed.id, { amount: 1900 });
      await stripe.invoiceItems.list({ customer: customer.id });
      await stripe.invoiceItems.del(changed.id);
      await stripe.invoices.pay((await draft()).id);
      await stripe.invoices.del((await draft({ auto_advance: false })).id);
      const open = await stripe.invoices.finalizeInvoice((await draft({ auto_advance: false })).id);
      await stripe.invoices.voidInvoice(open.id);
      const sent = await stripe.invoices.sendInvoice(
        (await draft({ collection_method: "send_invoice", days_until_due: 30, description: "Thanks" })).id);
      await stripe.invoices.pay(sent.id, { paid_out_of_band: true });
      const bad = await stripe.invoices.finalizeInvoice((await draft({ auto_advance: false })).id);
      await stripe.invoices.markUncollectible(bad.id);
      const failing = await draft({ auto_advance: false });
      const declined = await stripe.paymentMethods.attach("pm_card_chargeCustomerFail", { customer: customer.id });
      await refused(stripe.invoices.pay(failing.id, { payment_method: declined.id }));
      await stripe.invoices.update(failing.id, { metadata: { a: "b" } });
      await stripe.invoices.listLineItems(failing.id);
      await stripe.invoices.list({ customer: customer.id, expand: ["data.payments", "data.confirmation_secret"] });
      await stripe.invoicePayments.list({ invoice: failing.id });
    },
    "subscriptions that live a year": async () => {
      const { clock, customer } = await clocked();
      const subscription = await subscribe(customer, {
        trial_period_days: 14, metadata: { user_id: "user_1" }, description: "A plan",
      });
      await advance(clock, 20);
      const larger = await price({ unit_amount: 3000 });
      const item = subscription.items.data[0].id;
      await stripe.subscriptions.update(subscription.id, {
        items: [{ id: item, price: larger.id, quantity: 3 }], proration_behavior: "always_invoice" });
      await stripe.invoices.createPreview({
        customer: customer.id, subscription: subscription.id,
        subscription_details: { items: [{ id: item, quantity: 5 }] },
      });
      await advance(clock, 100);
      await stripe.subscriptions.update(subscription.id, { pause_collection: { behavior: "void" } });
      await advance(clock, 140);
      await stripe.subscriptions.update(subscription.id, { pause_collection: "", cancel_at_period_end: true });
      await advance(clock, 200);
      await stripe.subscriptions.retrieve(subscription.id, {
        expand: ["latest_invoice", "customer", "default_payment_method"] });
      await stripe.invoices.list({ subscription: subscription.id, limit: 100 });
    },
    "subscriptions with a discount": async () => {
      const customer = await payingCustomer();
      const coupon = await stripe.coupons.create({ percent_off: 50, duration: "forever" });
      const subscription = await subscribe(customer, { discounts: [{ coupon: coupon.id }] });
      await stripe.subscriptions.retrieve(subscription.id, { expand: ["discounts", "latest_invoice.discounts"] });
      await stripe.subscriptions.deleteDiscount(subscription.id);
    },
    "subscriptions whose payment fails": async () => {
      const { clock, customer } = await clocked();
      const subscription = await subscribe(customer);
      const failing = await stripe.paymentMethods.attach("pm_card_chargeCustomerFail", { customer: customer.id });
      await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: failing.id } });
      await advance(clock, 32);
      await stripe.subscriptions.retrieve(subscription.id);
      await advance(clock, 65);
      await stripe.subscriptions.list({ customer: customer.id, status: "all" });
      const incomplete = await subscribe(await stripe.customers.create(), {
        payment_behavior: "default_incomplete",
        expand: ["latest_invoice.confirmation_secret", "latest_invoice.payments"],
      });
      await stripe.subscriptions.cancel(incomplete.id);
    },
    "subscriptions that wait, pause and resume": async () => {
      const customer = await payingCustomer();
      const subscription = await subscribe(customer);
      await stripe.subscriptionItems.list({ subscription: subscription.id });
      const added = await stripe.subscriptionItems.create({ subscription: subscription.id, price: (await price()).id });
      await stripe.subscriptionItems.update(added.id, { quantity: 2, metadata: { a: "b" } });
      await stripe.subscriptionItems.del(added.id);
      await subscribe(customer, { collection_method: "send_invoice", days_until_due: 14 });
      const { clock, customer: trying } = await clocked({ payment_method: undefined, invoice_settings: undefined });
      const paused = await subscribe(trying, {
        trial_period_days: 7, trial_settings: { end_behavior: { missing_payment_method: "pause" } },
        payment_settings: { save_default_payment_method: "on_subscription" },
      });
      await advance(clock, 8);
      await stripe.subscriptions.resume(paused.id);
      await stripe.subscriptions.cancel(subscription.id, { prorate: true, invoice_now: true });
      await stripe.testHelpers.testClocks.list();
      await stripe.testHelpers.testClocks.del(clock.id);
    },
    "checkout sessions": async () => {
      const recurring = await price();
      const once = await price({ recurring: undefined });
      const urls = { success_url: "https://shop.example/done", cancel_url: "https://shop.example/back" };
      const open = (fields) => stripe.checkout.sessions.create({ ...urls, ...fields });
      const paid = await open({
        mode: "payment", line_items: [{ price: once.id, quantity: 2 }],
        client_reference_id: "user_1", metadata: { a: "b" },
      });
      await simulator.does(`checkout/sessions/${paid.id}/complete`);
      await stripe.checkout.sessions.retrieve(paid.id, { expand: ["line_items", "payment_intent", "customer"] });
      await stripe.checkout.sessions.listLineItems(paid.id);
      const subscribed = await open({ mode: "subscription", line_items: [{ price: recurring.id, quantity: 1 }] });
      await simulator.does(`checkout/sessions/${subscribed.id}/complete`);
      const left = await open({ mode: "payment", line_items: [{ price: once.id, quantity: 1 }] });
      await stripe.checkout.sessions.expire(left.id);
      await stripe.checkout.sessions.list({ expand: ["data.subscription", "data.invoice"] });
    },
    "webhook endpoints": async () => {
      const endpoint = await stripe.webhookEndpoints.create({
        url: "http://127.0.0.1:9/nobody", enabled_events: ["invoice.paid"], api_version: "2025-03-31.basil" });
      await stripe.webhookEndpoints.update(endpoint.id, {
        disabled: true, description: "of the tour", metadata: { a: "b" } });
      await stripe.webhookEndpoints.list();
      await stripe.webhookEndpoints.del(endpoint.id);
    },
    "thin events and their destinations": async () => {
      const { eventDestinations, events } = stripe.v2.core;
      const webhook = { url: "http://127.0.0.1:9/nobody" };
      const include = ["webhook_endpoint.url", "webhook_endpoint.signing_secret"];
      const destination = (fields) => eventDestinations.create({
        name: "of the tour", type: "webhook_endpoint", webhook_endpoint: webhook, include, ...fields });
      const thin = await destination({ event_payload: "thin", enabled_events: ["v1.customer.updated"] });
      await destination({
        event_payload: "snapshot", snapshot_api_version: "2025-03-31.basil", enabled_events: ["invoice.paid"],
        description: "whole", metadata: { a: "b" },
      });
      const customer = await stripe.customers.create({ name: "Ada" });
      await stripe.customers.update(customer.id, { name: "Ada Mensah" });
      await subscribe(await payingCustomer());
      for await (const { id } of events.list({ limit: 50 })) {
        await events.retrieve(id);
      }

      await eventDestinations.ping(thin.id);
      await eventDestinations.update(thin.id, { name: "another", include });
      await eventDestinations.disable(thin.id);
      await eventDestinations.enable(thin.id);
      await eventDestinations.list({ include: ["webhook_endpoint.url"] });
      await eventDestinations.del(thin.id);
    },
    "every event that was told": async () => {
      const events = [];
      for await (const { id, type } of stripe.events.list({ limit: 100 })) {
        events.push({ id, type });
      }

      await stripe.events.retrieve(events[0].id);
    },
  };
}

/** A call that Stripe must turn down. */
async function refused(call) {
  const answer = await call.catch((error) => error);
  if (!(answer instanceof Error)) {
    throw new Error(`${answer.id} was not refused.`);
  }
}
