// Supabase's sync engine as its readme says: run its migrations, then processWebhook, which checks the signature with the
// official SDK and writes the object of the event into its table. The pool of 10 connections is its default. It keeps no
// event, and with its default options it never asks Stripe.
import { createRequire } from 'node:module';

// Its ES module cannot find its own migrations and says so to a logger only; its CommonJS twin does.
const { runMigrations, StripeSync } = createRequire(import.meta.url)('@supabase/stripe-sync-engine');

export async function open(database, secret) {
  await runMigrations({ databaseUrl: database, schema: 'stripe' });
  const sync = new StripeSync({
    poolConfig: { connectionString: database, max: 10 },
    schema: 'stripe',
    stripeSecretKey: 'sk_test_of_the_bench',
    stripeWebhookSecret: secret,
  });
  return (body, signature) => sync.processWebhook(body, signature);
}
