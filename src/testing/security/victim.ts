// A running server as somebody meets it who means ill: its own process, its own port, raw requests. For tests only.
import { rmSync } from "node:fs";
import { Agent, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { createApp } from "../../app.ts";
import { readConfig } from "../../config.ts";
import { createLogger } from "../../kernel/index.ts";
import { createDataDir } from "../engines.ts";
import { startServerProcess } from "../server-process.ts";

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Of an answer in JSON. */
  readonly body: Record<string, unknown>;
};

type Send = {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

const answerLimitMs = 60_000;

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

function read(status: number, headers: IncomingHttpHeaders, text: string): Answer {
  const isJson = String(headers["content-type"]).startsWith("application/json");
  return { status, headers, text, body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {} };
}

/** Starts the product on an empty data directory with the keys of two shops and tokens. */
export async function startVictim(settings: Readonly<Record<string, string>> = {}) {
  const dataDir = await createDataDir();
  const app = await createApp({
    config: readConfig({}, { dataDir, roles: [] }),
    logger: createLogger("silent"),
    withoutJobs: true,
  });
  const by = { actor: "test", via: "cli" } as const;
  const own = await app.access.createKey({ kind: "write", name: "Shop", sourceId: "shop" }, by);
  const editor = await app.access.createKey({ kind: "token", name: "Server", scopes: ["read", "edit", "publish"] }, by);
  const other = await app.access.createKey({ kind: "write", name: "Other shop", sourceId: "other" }, by);
  const reader = await app.access.createKey({ kind: "token", name: "Reader", scopes: ["read"] }, by);
  await app.close();
  const server = await startServerProcess(dataDir, settings);
  const browser = bearer(own.key);
  const token = bearer(editor.key);
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const { hostname, port } = new URL(server.url);

  /** Sends a request as it stands: a text is the body byte for byte. */
  const send = (method: string, path: string, { body, headers = browser }: Send = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const payload =
        body === undefined || Buffer.isBuffer(body) || typeof body === "string" ? body : JSON.stringify(body);
      const call = httpRequest(
        {
          ...{ agent, hostname, port, method, path, timeout: answerLimitMs },
          headers: {
            ...(payload === undefined ? {} : { "content-type": "application/json" }),
            ...(payload === undefined ? {} : { "content-length": String(Buffer.byteLength(payload)) }),
            ...headers,
          },
        },
        (answer) => {
          const pieces: Buffer[] = [];
          answer.on("data", (piece: Buffer) => pieces.push(piece));
          answer.on("end", () =>
            resolve(read(answer.statusCode ?? 0, answer.headers, Buffer.concat(pieces).toString())),
          );
          answer.on("error", reject);
        },
      );
      call.on("timeout", () => call.destroy(new Error(`no answer in ${answerLimitMs} ms`)));
      call.on("error", reject);
      call.end(payload);
    });

  const publish = async (kind: string, key: string, body: object, name = key): Promise<void> => {
    const created = await send("POST", `/v1/definitions/${kind}`, { body: { key, name, body }, headers: token });
    if (created.status >= 300) throw new Error(`${kind} ${key}: ${created.text}`);
    const headers = { ...token, "if-match": String(created.headers.etag) };
    const published = await send("POST", `/v1/definitions/${kind}/${key}/publish`, { body: {}, headers });
    if (published.status >= 300) throw new Error(`${kind} ${key}: ${published.text}`);
  };

  return {
    url: server.url,
    /** Headers of a page of the shop, of its server, of a reader, and of a page of another shop. */
    ...{ browser, token, reader: bearer(reader.key), elsewhere: bearer(other.key) },
    secret: String(own.identitySecret),
    otherSecret: String(other.identitySecret),
    send,
    publish,
    /** What a cart price rule comes to, as a caller sees it. */
    evaluate: (cart: object, more: object = {}, headers: Readonly<Record<string, string>> = browser) =>
      send("POST", "/v1/offers/evaluate", {
        body: { cart: { currency: "USD", lines: [aLine()], ...cart }, ...more },
        headers,
      }),
    stop: async () => {
      agent.destroy();
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
    output: server.output,
  };
}

export type Victim = Awaited<ReturnType<typeof startVictim>>;

export const usd = (minor: number) => ({ minor, currency: "USD" });
export const aLine = (more: object = {}) => ({ sku: "BAG", qty: 1, unitPrice: usd(10_000), ...more });
/** Ten per cent of a cart. */
export const aRule = (more: object = {}) => ({ priority: 0, action: { type: "percent", percent: "10" }, ...more });
/** Minor units that the lines of a cart are reduced by. */
export const discountOf = ({ body }: Answer): number =>
  (body["totals"] as { itemDiscount?: { minor: number } } | undefined)?.itemDiscount?.minor ?? Number.NaN;
export const couponsOf = ({ body }: Answer) => body["coupons"] as Record<string, { status: string; reason?: string }>;
export const errorOf = ({ body }: Answer): string => (body["error"] as { code?: string } | undefined)?.code ?? "";
