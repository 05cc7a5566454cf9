// graphile-worker as its documentation says for adding jobs from another process: makeWorkerUtils, migrate, addJob, and
// answer when the insert has committed. All options are its defaults (a pool of 10 connections). Without a job key it
// keeps nothing against an event that is delivered twice; with one it would look for the key at each insert. Each insert
// notifies the workers, and PostgreSQL lets transactions that notify commit one at a time, so the disk sets its rate.
import { Logger, makeWorkerUtils } from 'graphile-worker';
import { open as openVerify } from './verify.mjs';

export async function open(database, secret) {
  const verify = openVerify(database, secret);
  const quiet = new Logger(() => () => {});
  const utils = await makeWorkerUtils({ connectionString: database, logger: quiet });
  await utils.migrate();
  return (body, signature) => utils.addJob('stripe-event', verify(body, signature));
}
