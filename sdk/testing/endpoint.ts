import { EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export type SentEvent = {
  readonly messageId: string;
  readonly type: string;
  readonly timestamp: string;
  readonly anonymousId: string;
  readonly customerId?: string;
  readonly email?: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it as far as they need
  readonly context: any;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it as far as they need
  readonly properties: any;
};

export type Recorded = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: {
    readonly events?: readonly SentEvent[];
    readonly sentAt?: string;
    readonly identityToken?: string;
    readonly [key: string]: unknown;
  };
  readonly at: number;
};

export type Answer = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Answers only after this promise. */
  readonly after?: Promise<unknown>;
};

const page = `<!doctype html><html lang="en-US"><head><title>Test shop</title><script src="/clientele.min.js"></script></head><body></body></html>`;
const limitMs = 8_000;

/** A shop page and the event endpoint behind it: records what arrives and answers as told. */
export async function startEndpoint(script: string) {
  const requests: Recorded[] = [];
  const arrivals = new EventEmitter();
  let answer: (request: Recorded) => Answer = () => ({});
  // A name for each test: beacons of a page that is gone still arrive, and belong to the test before.
  let host = "t1.localhost";
  let tests = 1;

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    if (!url.pathname.startsWith("/v1/")) {
      const isScript = url.pathname.endsWith(".js");
      response.writeHead(200, { "content-type": isScript ? "text/javascript" : "text/html" });
      response.end(isScript ? script : page);
      return;
    }
    response.setHeader("access-control-allow-origin", request.headers.origin ?? "*");
    response.setHeader("access-control-expose-headers", "Retry-After");
    if (request.method === "OPTIONS") {
      const asked = request.headers["access-control-request-headers"] ?? "";
      response
        .writeHead(204, { "access-control-allow-headers": asked, "access-control-allow-methods": "GET, POST" })
        .end();
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString("utf8");
    const recorded: Recorded = {
      method: request.method ?? "",
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: text ? JSON.parse(text) : {},
      at: Date.now(),
    };
    const name = request.headers.host?.split(":")[0] ?? "";
    if (name.endsWith(".localhost") && name !== host) {
      response.end("{}");
      return;
    }
    requests.push(recorded);
    const { status = 200, headers, body, after } = answer(recorded);
    arrivals.emit("request");
    await after;
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(body ?? { accepted: recorded.body.events?.length ?? 0, duplicates: 0, rejected: [] }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  const { port } = server.address() as AddressInfo;
  const batches = (): readonly Recorded[] => requests.filter((request) => request.path === "/v1/events");
  const events = (): readonly SentEvent[] => batches().flatMap((request) => request.body.events ?? []);

  return {
    /** Of this test's shop. */
    get url() {
      return `http://${host}:${port}`;
    },
    requests,
    batches,
    events,
    types: () => events().map((event) => event.type),
    answerWith: (next: (request: Recorded) => Answer) => {
      answer = next;
    },
    /** Forgets what was recorded, and answers with success again. */
    reset: () => {
      requests.length = 0;
      answer = () => ({});
    },
    /** Begins anew under another name, and hears no more of pages that came before. */
    next() {
      tests += 1;
      host = `t${tests}.localhost`;
      this.reset();
    },
    /** Waits until `condition` holds; it is looked at after each request. */
    until: async (condition: () => boolean): Promise<void> => {
      const signal = AbortSignal.timeout(limitMs);
      while (!condition()) {
        await once(arrivals, "request", { signal }).catch((cause: unknown) => {
          throw new Error(
            `condition not met in ${limitMs} ms; got ${JSON.stringify(requests.map((request) => [request.path, request.body]))}`,
            { cause },
          );
        });
      }
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

export type Endpoint = Awaited<ReturnType<typeof startEndpoint>>;
