// Captured requests of Adobe's clients, for tests: every file in the folder, with its datastream replaced by a key of ours.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inFixtures } from "../folders.ts";
import type { TestApp } from "../start-test-app.ts";

export type Capture = {
  readonly file: string;
  readonly origin: string;
  readonly client?: "collector" | "alloy" | "snowplow";
  readonly event: string;
  readonly eventType?: string;
  readonly request?: {
    readonly method: string;
    readonly path: string;
    readonly query?: Record<string, string>;
    readonly headers?: Record<string, string>;
    readonly body: Record<string, unknown>;
  };
  /** Back office: the body of a v2 call. */
  readonly body?: Record<string, unknown>;
  readonly acceptedResponse?: {
    readonly status: number;
    readonly body?: { readonly handle: readonly { type: string }[] };
  };
};

const folder = inFixtures("adobe");

function readFolder(path: string): readonly Capture[] {
  return readdirSync(path)
    .filter((name) => name.endsWith(".json"))
    .map((name) => ({ ...(JSON.parse(readFileSync(join(path, name), "utf8")) as Capture), file: name }));
}

/** Captures of the browser clients, and the constructed bodies of the back office; empty where the folder is absent. */
export const captures = existsSync(folder) ? readFolder(folder) : [];
const backOffice = join(folder, "backoffice");
export const backOfficeCaptures = existsSync(backOffice) ? readFolder(backOffice) : [];

export type Answer = {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: {
    readonly requestId?: string;
    readonly handle?: readonly Handle[];
    readonly warnings?: readonly { type: string }[];
    readonly errors?: readonly { type: string; report: { eventIndex?: number } }[];
    readonly type?: string;
    readonly status?: number;
  };
};
export type Handle = {
  readonly type: string;
  readonly eventIndex?: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into foreign payloads
  readonly payload: readonly any[];
};

export const edgeKey = "demo-write-key";
export const org = "5D41402ABC4B2A76B9719D91_AdobeOrg";
export const shopOrigin = "https://www.shop.test";

/** Posts as Adobe's clients do: JSON as plain text, from another origin. */
export async function post(
  app: TestApp,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await app.server.inject({
    method: "POST",
    url: path,
    headers: { "content-type": "text/plain; charset=UTF-8", origin: shopOrigin, ...headers },
    payload: typeof body === "string" ? body : JSON.stringify(body),
  });
  const isJson = String(answer.headers["content-type"] ?? "").includes("json");
  return { status: answer.statusCode, headers: answer.headers, body: isJson ? answer.json() : {} };
}

/** Replays a capture. @param more merged into the query */
export function replay(app: TestApp, { request, body }: Capture, more: Record<string, string> = {}): Promise<Answer> {
  if (!request) {
    const query = new URLSearchParams({ dataStreamId: edgeKey, ...more });
    return post(app, `/ee/v2/interact?${query}`, body, { authorization: "Bearer demo-admin-token" });
  }
  const query = new URLSearchParams({ ...request.query, configId: edgeKey, ...more });
  const { "content-type": contentType = "text/plain; charset=UTF-8", ...headers } = request.headers ?? {};
  const path = request.path.startsWith("/ee/") ? `${request.path}?${query}` : request.path;
  return post(app, path, request.body, { ...headers, "content-type": contentType });
}

export function handleOf(answer: Answer, type: string): Handle | undefined {
  return answer.body.handle?.find((handle) => handle.type === type);
}

export function stateOf(answer: Answer, name: string): string | undefined {
  const entries = handleOf(answer, "state:store")?.payload as { key: string; value: string }[] | undefined;
  return entries?.find(({ key }) => key.endsWith(`_${name}`))?.value;
}

export type Stored = {
  event_id: string;
  event_type: string;
  original_name: string;
  source_kind: string;
  store_view: string;
  identifiers: string[];
  identity_key: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into stored JSON
  properties: any;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into stored JSON
  context: any;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into stored JSON
  extra: any;
};

/** Events in the event store that match, oldest first. */
export async function storedEvents(
  app: TestApp,
  where: string,
  parameters: Record<string, unknown> = {},
): Promise<Stored[]> {
  await app.settle();
  const rows = await app.engines.clickhouse.query<Record<string, string>>(
    `select event_id, event_type, original_name, source_kind, store_view, identifiers, identity_key, properties, context, extra
     from events final where ${where} order by ts, event_id`,
    parameters,
  );
  return rows.map((row) => ({
    ...(row as unknown as Stored),
    properties: JSON.parse(row["properties"] ?? "{}"),
    context: JSON.parse(row["context"] ?? "{}"),
    extra: JSON.parse(row["extra"] ?? "{}"),
  }));
}
