// A proxy before the server that fails on purpose, so that the retries of real clients can be watched.
import { createServer, type IncomingMessage, type ServerResponse, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { messagesOf, type RecordedMessage, type RecordedRequest } from "./recorded-requests.ts";

/** `lostAnswer`: the server took the request, the client never hears of it. `reset`: the server never saw it. */
export type Fault = "503" | "429" | "500" | "reset" | "lostAnswer";

export type FaultProxy = {
  readonly url: string;
  /** Messages of requests whose success reached the client, by id. */
  readonly acknowledged: ReadonlyMap<string, RecordedMessage>;
  /** Faults that were done. */
  readonly done: readonly Fault[];
  /** POST requests that came. */
  readonly requests: () => number;
  readonly close: () => Promise<void>;
};

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function readMessages(request: IncomingMessage, body: Buffer): readonly RecordedMessage[] {
  const encoding = request.headers["content-encoding"];
  const plain = encoding === "gzip" ? gunzipSync(body) : encoding === "br" ? brotliDecompressSync(body) : body;
  return messagesOf({ body: JSON.parse(plain.toString("utf8")) } as RecordedRequest);
}

function refuse(request: IncomingMessage, response: ServerResponse, status: string): void {
  response.writeHead(Number(status), {
    "content-type": "application/json",
    "access-control-allow-origin": request.headers.origin ?? "*",
    "access-control-expose-headers": "Retry-After",
    ...(status === "500" ? {} : { "retry-after": "1" }),
  });
  response.end('{"success":false,"message":"on purpose"}');
}

function forward(
  target: URL,
  request: IncomingMessage,
  body: Buffer,
): Promise<{ answer: IncomingMessage; text: Buffer }> {
  return new Promise((resolve, reject) => {
    const { host: _host, connection: _connection, ...headers } = request.headers;
    const outgoing = send(
      {
        hostname: target.hostname,
        port: target.port,
        method: request.method,
        path: request.url,
        // The server tells clients the address that they came by.
        headers: { ...headers, host: request.headers.host ?? target.host },
        agent: false,
      },
      (answer) => {
        bodyOf(answer).then((text) => resolve({ answer, text }), reject);
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** @param faults one for each POST request, in order; undefined and beyond the end: none */
export async function startFaultProxy(target: string, faults: readonly (Fault | undefined)[]): Promise<FaultProxy> {
  const acknowledged = new Map<string, RecordedMessage>();
  const done: Fault[] = [];
  let posts = 0;
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const fault = request.method === "POST" ? faults[posts++] : undefined;
    if (fault !== undefined) done.push(fault);
    if (fault === "reset") {
      request.socket.resetAndDestroy();
      return;
    }
    if (fault !== undefined && fault !== "lostAnswer") {
      refuse(request, response, fault);
      return;
    }
    const { answer, text } = await forward(new URL(target), request, body);
    if (fault === "lostAnswer") {
      request.socket.destroy();
      return;
    }
    const {
      connection: _connection,
      "keep-alive": _keepAlive,
      "transfer-encoding": _coding,
      ...headers
    } = answer.headers;
    response.writeHead(answer.statusCode ?? 502, headers);
    response.end(text);
    if (request.method === "POST" && answer.statusCode === 200)
      for (const message of readMessages(request, body)) acknowledged.set(message.messageId, message);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    acknowledged,
    done,
    requests: () => posts,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
