/** Where the simulator differs from the declarations, and why that is right. */
export const exceptions = [
  {
    fault: "invoice.upcoming.data.object.id is missing",
    reason: "What is not drafted yet has no id: https://docs.stripe.com/api/events/types#event_types-invoice.upcoming.",
  },
  {
    fault: "v2.core.event.reason.request.idempotency_key is null, which it never is",
    reason: "A call of v1 needs no key, and then there is none to tell. What Stripe writes there instead is not known.",
  },
];
