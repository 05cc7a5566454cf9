/** Where the simulator differs from the declarations, and why that is right. */
export const exceptions = [
  {
    fault: "invoice.upcoming.data.object.id is missing",
    reason: "What is not drafted yet has no id: https://docs.stripe.com/api/events/types#event_types-invoice.upcoming.",
  },
];
