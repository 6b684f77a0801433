import { Type } from "typebox";
import { expect } from "vitest";
import {
  createDefinitions,
  createDefinitionsRoutes,
  createDefinitionsStore,
  type DefinitionKind,
  type Definitions,
  isInWindow,
} from "../definitions/index.ts";
import { createLogger, type FixedClock } from "../kernel/index.ts";
import type { Engines } from "../storage/index.ts";
import { bearer, startAccessApp, unique } from "./access-app.ts";

export type Banner = { text: string; audience?: string; weight?: number };

/** A kind with a schema, a check of its own, and references to groups. */
export const banner: DefinitionKind<Banner> = {
  kind: "banner",
  label: "Banner",
  schema: Type.Object(
    {
      text: Type.String({ minLength: 1 }),
      audience: Type.Optional(Type.String()),
      weight: Type.Optional(Type.Integer({ minimum: 0 })),
    },
    { additionalProperties: false },
  ),
  check: (body) =>
    body.text.includes("forbidden") ? [{ path: "/text", code: "wording", message: "holds a forbidden word" }] : [],
  references: (body) => (body.audience === undefined ? [] : [{ kind: "group", key: body.audience, path: "/audience" }]),
};
const group: DefinitionKind<{ rule: string }> = {
  kind: "group",
  label: "Group",
  schema: Type.Object({ rule: Type.String() }, { additionalProperties: true }),
};

type Call = { readonly who?: string; readonly body?: unknown; readonly etag?: string };

/** The definitions API on real engines, with two kinds and one token for each role. */
export async function startDefinitionsApp(engines: Engines, clock: FixedClock) {
  const { access, app, makeToken, close } = await startAccessApp(engines, clock);
  const headers: Record<string, Record<string, string>> = {
    reader: bearer((await makeToken(["read"])).key),
    editor: bearer((await makeToken(["read", "edit"])).key),
    approver: bearer((await makeToken(["read", "edit", "publish"], { name: unique("approver") })).key),
    german: bearer((await makeToken(["read", "edit", "publish"], { storeViews: ["de"] })).key),
  };
  /** Definitions as another process would have them; not started. */
  const make = (kind: DefinitionKind<Banner> = banner): Definitions => {
    const made = createDefinitions({
      store: createDefinitionsStore(engines.postgres),
      audit: access.audit,
      clock,
      logger: createLogger("silent"),
    });
    made.register(kind);
    made.register(group);
    return made;
  };
  const definitions = make();
  await definitions.start();
  app.register(createDefinitionsRoutes(definitions));

  const call = async (
    method: "GET" | "POST" | "PUT" | "DELETE",
    path: string,
    { who = "approver", body, etag }: Call = {},
  ) => {
    const answer = await app.inject({
      method,
      url: `/v1/definitions${path}`,
      headers: {
        ...headers[who],
        ...(etag === undefined ? {} : { "if-match": etag }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { payload: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    return {
      status: answer.statusCode,
      etag: String(answer.headers["etag"]),
      body: answer.body === "" ? null : answer.json(),
    };
  };
  const post = (path: string, body: unknown = {}, who = "approver") => call("POST", path, { body, who });
  const makeBanner = async (extra: object = {}, body: object = { text: "hello" }) => {
    const key = unique("banner");
    const made = await post("/banner", { key, name: key, body, ...extra });
    expect(made.status).toBe(201);
    return { key, path: `/banner/${key}`, etag: made.etag };
  };
  return {
    access,
    definitions,
    make,
    call,
    post,
    makeBanner,
    makeLive: async (extra: object = {}, body: object = { text: "hello" }) => {
      const made = await makeBanner(extra, body);
      const published = await post(`${made.path}/publish`);
      expect(published.status).toBe(200);
      return { ...made, etag: published.etag };
    },
    /** Keys of what is in effect now. */
    liveKeys: (kind = "banner") =>
      definitions
        .live<Banner>(kind)
        .filter((one) => isInWindow(one, clock.now()))
        .map(({ key }) => key),
    liveText: (key: string) => definitions.live<Banner>("banner").find((one) => one.key === key)?.body.text,
    close: async () => {
      await definitions.stop();
      await close();
    },
  };
}

export type DefinitionsApp = Awaited<ReturnType<typeof startDefinitionsApp>>;
