// pg-boss as its readme says: start, create a queue, send, and answer when the insert has committed. All options are
// its defaults (a pool of 10 connections, policy "standard"). Its standard queue keeps nothing against an event that is
// delivered twice, so it does less than a store that does.
import { PgBoss } from 'pg-boss';
import { open as openVerify } from './verify.mjs';

export async function open(database, secret) {
  const verify = openVerify(database, secret);
  const boss = new PgBoss(database);
  boss.on('error', (error) => console.error(error.message));
  await boss.start();
  await boss.createQueue('stripe-events');
  return (body, signature) => boss.send('stripe-events', verify(body, signature));
}
