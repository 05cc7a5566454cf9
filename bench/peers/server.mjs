// The webhook of one peer: node server.mjs NAME, with PORT, DATABASE_URL and STRIPE_WEBHOOK_SECRET. The plain HTTP server
// of Node, since every framework on top of it costs something. GET /readyz answers once the peer can take events.
import { createServer } from 'node:http';

const { open } = await import(`./${process.argv[2]}.mjs`);
const take = await open(process.env.DATABASE_URL, process.env.STRIPE_WEBHOOK_SECRET);

const server = createServer(async (request, response) => {
  if (request.method === 'GET') {
    response.end();
    return;
  }

  const chunks = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }

  try {
    await take(Buffer.concat(chunks), request.headers['stripe-signature']);
    response.setHeader('Content-Type', 'application/json');
    response.end('{"received":true}');
  } catch (error) {
    console.error(error.message);
    response.statusCode = error.type === 'StripeSignatureVerificationError' ? 400 : 503;
    response.end();
  }
});

server.listen(Number(process.env.PORT), '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));
