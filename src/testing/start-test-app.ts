import { rmSync } from "node:fs";
import { demoCredentials } from "../access/index.ts";
import { type App, createApp } from "../app.ts";
import { type Config, readConfig } from "../config.ts";
import { type Clock, createLogger, systemClock } from "../kernel/index.ts";
import { createDataDir } from "./engines.ts";

export type TestApp = App & {
  readonly dataDir: string;
  /** Calls the API with the demo's token, or with the given headers. */
  readonly call: (
    method: "GET" | "POST" | "PUT" | "DELETE",
    url: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<{ status: number; body: Record<string, unknown>; headers: Record<string, unknown> }>;
  /** Sends native events as a browser does; fails the test when the answer is not 200. */
  readonly send: (
    events: readonly unknown[],
    extra?: object,
  ) => Promise<{ accepted: number; duplicates: number; rejected: { index: number; code: string }[] }>;
  /** Sends events as the shop's back office does. */
  readonly sendFromServer: (events: readonly object[]) => Promise<void>;
  /** Publishes a definition and waits until it is live. */
  readonly publish: (kind: string, key: string, body: object) => Promise<string>;
};

/** The whole program on embedded engines in a temporary directory, without a port. */
export async function startTestApp(
  options: { readonly clock?: Clock; readonly config?: Partial<Config>; readonly dataDir?: string } = {},
): Promise<TestApp> {
  const dataDir = options.dataDir ?? (await createDataDir());
  const config = readConfig({}, { dataDir, demo: true, logLevel: "silent", port: 0, ...options.config });
  const app = await createApp({
    config,
    logger: createLogger(process.env["CLIENTELE_TEST_LOG"] ?? "silent"),
    clock: options.clock ?? systemClock,
    withoutJobs: true,
  });

  const call: TestApp["call"] = async (
    method,
    url,
    body,
    headers = { authorization: `Bearer ${demoCredentials.token}` },
  ) => {
    const answer = await app.server.inject({
      method,
      url,
      headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      ...(body === undefined ? {} : { payload: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const isJson = String(answer.headers["content-type"] ?? "").includes("json");
    return { status: answer.statusCode, body: isJson ? answer.json() : { text: answer.body }, headers: answer.headers };
  };
  const post = async (events: readonly unknown[], key: string, extra: object) => {
    const answer = await call("POST", "/v1/events", { events, ...extra }, { authorization: `Bearer ${key}` });
    if (answer.status !== 200) throw new Error(`events answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body as unknown as Awaited<ReturnType<TestApp["send"]>>;
  };

  return {
    ...app,
    dataDir,
    call,
    send: (events, extra = {}) => post(events, demoCredentials.writeKey, extra),
    sendFromServer: async (events) => {
      await post(events, demoCredentials.token, {});
    },
    publish: async (kind, key, body) => {
      const created = await call("POST", `/v1/definitions/${kind}`, { key, name: key, body });
      if (created.status >= 300) throw new Error(`${kind} ${key}: ${JSON.stringify(created.body)}`);
      const etag = String(created.headers["etag"] ?? "");
      const published = await call(
        "POST",
        `/v1/definitions/${kind}/${key}/publish`,
        {},
        { authorization: `Bearer ${demoCredentials.token}`, "if-match": etag },
      );
      if (published.status >= 300) throw new Error(`${kind} ${key}: ${JSON.stringify(published.body)}`);
      return String(created.body["id"]);
    },
    close: async () => {
      await app.close();
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
