// Recorded requests of real clients: `segment/*.ndjson` of the folder of case files, one HTTP request a line.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { inFixtures } from "../folders.ts";

export type RecordedMessage = Readonly<Record<string, unknown>> & { readonly messageId: string; readonly type: string };

export type RecordedRequest = {
  readonly client: string;
  readonly scenario: string;
  readonly receivedAt: string;
  readonly method: "POST" | "OPTIONS";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Set on a request that was answered with an error on purpose: its messages come again. */
  readonly injectedFault?: string;
  readonly body?: Readonly<Record<string, unknown>>;
};

const folder = inFixtures("segment");

/** Names of the recordings; empty where the folder is absent. */
export function recordings(): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".ndjson")) : [];
}

export function readRecording(name: string): readonly RecordedRequest[] {
  const lines = readFileSync(join(folder, name), "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line) as RecordedRequest);
}

/** Messages in the order in which they were sent. */
export function messagesOf({ body }: RecordedRequest): readonly RecordedMessage[] {
  if (!body) return [];
  return (Array.isArray(body["batch"]) ? body["batch"] : [body]) as RecordedMessage[];
}

const unsent = new Set(["connection", "host", "content-length", "authorization", "transfer-encoding"]);

/** The request as it was on the wire, but with a key that this deployment knows. */
export function toInjection(request: RecordedRequest, writeKey: string) {
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !unsent.has(name)));
  if (request.headers["authorization"] !== undefined)
    headers["authorization"] = `Basic ${Buffer.from(`${writeKey}:`).toString("base64")}`;
  const text = request.body && JSON.stringify(request.body).replaceAll('"rig-key"', JSON.stringify(writeKey));
  const payload = text && (headers["content-encoding"] === "gzip" ? gzipSync(text) : Buffer.from(text));
  return { method: request.method, url: request.path, headers, ...(payload === undefined ? {} : { payload }) };
}
