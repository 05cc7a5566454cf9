// A simulated Stripe of a test's own, as ./holdfast simulate runs it, and the clients that speak to it.

import { spawn } from "node:child_process";
import http from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export const key = "sk_test_of_the_client_tests";

export const binary = process.env.HOLDFAST_BINARY
  ?? fileURLToPath(new URL("../../artifacts/bin/Holdfast.Server/release/holdfast", import.meta.url));
const deadline = 20_000;

/**
 * Starts a simulator with an empty world, which ends with the test file.
 * @param args as `holdfast simulate` takes them
 */
export async function startSimulator(...args) {
  const simulator = spawn(binary, ["simulate", "--port", "0", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  simulator.stdout.on("data", (text) => (said += text));
  simulator.stderr.on("data", (text) => (said += text));
  letGo(simulator, simulator.stdout, simulator.stderr);
  process.on("exit", () => simulator.kill());

  const url = () => said.match(/listens on (http:\S+),/)?.[1];
  await until(() => {
    if (simulator.exitCode !== null) {
      throw new Error(`The simulator ended with ${simulator.exitCode}:\n${said}`);
    }

    return url();
  }, () => `The simulator does not say where it listens:\n${said}`);
  return new Simulator(url());
}

class Simulator {
  constructor(url) {
    this.url = url;
    this.port = new URL(url).port;
  }

  /** A client of one of the SDK's majors; without retries, so that an answer is seen as it comes. */
  client(Stripe, options = {}) {
    return new Stripe(key, {
      host: "127.0.0.1",
      port: this.port,
      protocol: "http",
      maxNetworkRetries: 0,
      telemetry: false,
      ...options,
    });
  }

  /** Has the simulator do what Stripe's API has no call for: what a customer, a bank or time does. */
  does(path, form = {}) {
    return this.#control(path, { method: "POST", body: new URLSearchParams(form) });
  }

  /** What the simulator says of itself. */
  shows(path) {
    return this.#control(path, {});
  }

  async #control(path, request) {
    const headers = { Authorization: `Bearer ${key}` };
    const answer = await fetch(`${this.url}/_simulator/${path}`, { ...request, headers });
    const body = await answer.text();
    if (!answer.ok) {
      throw new Error(`/_simulator/${path} was answered ${answer.status} ${body}`);
    }

    return JSON.parse(body);
  }
}

/** A webhook endpoint of the test: keeps what arrives, byte for byte, and answers 200. */
export async function startReceiver() {
  const arrived = [];
  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }

    arrived.push({ body: Buffer.concat(chunks), header: request.headers["stripe-signature"] });
    response.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  letGo(server);
  return {
    url: `http://127.0.0.1:${server.address().port}/webhooks`,
    /** Waits for a delivery of an event of this type about this object. */
    async delivery(type, id) {
      const about = ({ data, related_object: related }) => (data?.object ?? related)?.id;
      const find = () => arrived.find(({ body }) => {
        const event = JSON.parse(body);
        return event.type === type && about(event) === id;
      });
      const came = () => arrived.map(({ body }) => JSON.parse(body).type);
      await until(find, () => `No ${type} of ${id} arrived; there came ${came()}.`);
      return find();
    },
  };
}

/** Waits until it is so; says why it gave up. */
export async function until(isSo, complaint, patience = deadline) {
  const end = Date.now() + patience;
  while (!(await isSo())) {
    if (Date.now() > end) {
      throw new Error(typeof complaint === "function" ? complaint() : complaint);
    }

    await pause(25);
  }
}

/** These do not keep the tests from ending. */
export const letGo = (...handles) => handles.forEach((handle) => handle.unref());
