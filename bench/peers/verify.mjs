// What every handler begins with: the official SDK reads the event and checks its signature. It is then forgotten.
import Stripe from 'stripe';

const stripe = new Stripe('sk_test_of_the_bench');

export function open(_, secret) {
  return (body, signature) => stripe.webhooks.constructEvent(body, signature, secret);
}
