import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { Type } from "typebox";
import { afterEach, expect, it } from "vitest";
import { ClienteleError, createFixedClock, createLogger } from "../kernel/index.ts";
import {
  type Auth,
  type Authenticate,
  acceptJsonAs,
  createHttpServer,
  type HttpServer,
  noAuth,
  openApiDocument,
  pages,
} from "./index.ts";

const clock = createFixedClock(Date.UTC(2026, 0, 1));
const browserKey: Auth = {
  kind: "write-key",
  id: "k-1",
  sourceId: "shop",
  scopes: [],
  actor: "key:shop",
  storeViews: null,
};
const apps: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

const byHeader: Authenticate = (request) => {
  const key = request.headers.authorization;
  if (key === undefined) return noAuth;
  if (key === "Bearer good") return browserKey;
  if (key === "Bearer limited") return { ...browserKey, id: "k-2", rateLimit: 1 };
  if (key === "Bearer reader") return { ...browserKey, kind: "token", id: "t-1", scopes: ["read"] };
  throw new ClienteleError("access.unauthorized", "unknown key");
};

function makeApp(options: { openDiscovery?: boolean; authenticate?: Authenticate; lines?: string[] } = {}): HttpServer {
  const { openDiscovery = false, authenticate = byHeader, lines = [] } = options;
  const logger = createLogger("info", { write: (line: string) => lines.push(line) });
  const app = createHttpServer({
    config: { publicUrl: "http://localhost:4000", openDiscovery },
    logger,
    clock,
    authenticate,
  });
  apps.push(app);
  app.post("/echo", { config: { access: "public" }, bodyLimit: 1000 }, (request) => ({ body: request.body ?? null }));
  app.post("/events", { config: { access: "write-key" } }, (request) => ({ source: request.auth.sourceId }));
  app.get("/search", { config: { access: "discovery" } }, (request) => ({ actor: request.auth.actor }));
  app.get("/fail", { config: { access: "public" } }, () => {
    throw new Error("password=hunter2 in a stack");
  });
  app.get("/busy", { config: { access: "public" } }, () => {
    throw new ClienteleError("http.unavailable", "the inbox is full", { retryAfterSeconds: 7 });
  });
  app.post(
    "/checked",
    {
      config: { access: "public" },
      schema: {
        body: Type.Object({ name: Type.String(), tags: Type.Array(Type.Integer()) }, { additionalProperties: false }),
        querystring: Type.Object({ limit: Type.Integer({ minimum: 1, maximum: 10, default: 5 }) }),
      },
    },
    (request) => ({ limit: request.query.limit }),
  );
  return app;
}

const json = (app: HttpServer, url: string, payload: string | Buffer, headers: Record<string, string> = {}) =>
  app.inject({ method: "POST", url, payload, headers: { "content-type": "application/json", ...headers } });

it("refuses to register a route that does not say who may call it", () => {
  const app = makeApp();
  expect(() => app.get("/open", () => "x")).toThrow(/no config\.access/);
});

it.each([
  "application/json",
  "application/json; charset=utf-8",
  "text/plain",
  "text/plain;charset=UTF-8",
  "application/vnd.shop+json",
])("reads JSON sent as %s", async (type) => {
  const answer = await json(makeApp(), "/echo", '{"a":1}', { "content-type": type });
  expect(answer.json()).toEqual({ body: { a: 1 } });
});

it("reads JSON without a content type", async () => {
  const answer = await makeApp().inject({ method: "POST", url: "/echo", payload: Buffer.from('{"a":1}') });
  expect(answer.json()).toEqual({ body: { a: 1 } });
});

it("answers 415 to other content types and encodings", async () => {
  const app = makeApp();
  const type = await json(app, "/echo", "<a/>", { "content-type": "application/xml" });
  const encoding = await json(app, "/echo", "{}", { "content-encoding": "zstd" });
  expect([type.statusCode, type.json().error.code]).toEqual([415, "http.unsupportedMediaType"]);
  expect([encoding.statusCode, encoding.json().error.code]).toEqual([415, "http.unsupportedMediaType"]);
});

it("reads a further content type where a plugin asks for it, and only there", async () => {
  const app = makeApp();
  app.register(async (edge) => {
    acceptJsonAs(edge, ["application/x-www-form-urlencoded"]);
    edge.post("/edge", { config: { access: "public" } }, (request) => ({ body: request.body }));
  });
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  expect((await json(app, "/edge", '{"a":1}', headers)).json()).toEqual({ body: { a: 1 } });
  expect((await json(app, "/echo", '{"a":1}', headers)).statusCode).toBe(415);
});

it.each([
  ["gzip", gzipSync],
  ["deflate", deflateSync],
  ["deflate", deflateRawSync],
  ["br", brotliCompressSync],
] as const)("reads a body compressed with %s", async (encoding, compress) => {
  const answer = await json(makeApp(), "/echo", compress(Buffer.from('{"ü":"€"}')), { "content-encoding": encoding });
  expect(answer.json()).toEqual({ body: { ü: "€" } });
});

it.each([
  ["gzip", gzipSync],
  ["br", brotliCompressSync],
] as const)("stops decompressing a %s bomb at the limit of the route", async (encoding, compress) => {
  const bomb = compress(Buffer.alloc(200_000, 0x20));
  expect(bomb.length).toBeLessThan(1000);
  const answer = await json(makeApp(), "/echo", bomb, { "content-encoding": encoding });
  expect([answer.statusCode, answer.json().error.code]).toEqual([413, "http.tooLarge"]);
});

it("answers 400 to a broken gzip body, to malformed JSON, and 413 to a plain body above the limit", async () => {
  const app = makeApp();
  const broken = await json(app, "/echo", "no gzip", { "content-encoding": "gzip" });
  const cut = await json(app, "/echo", gzipSync("{}").subarray(0, 12), { "content-encoding": "gzip" });
  const malformed = await json(app, "/echo", '{"secret":"x",');
  const large = await json(app, "/echo", JSON.stringify("x".repeat(1000)));
  expect(broken.json().error.code).toBe("http.badEncoding");
  expect(cut.json().error.code).toBe("http.badEncoding");
  expect(malformed.json().error.code).toBe("http.malformedJson");
  expect(malformed.body).not.toContain("secret");
  expect([large.statusCode, large.json().error.code]).toEqual([413, "http.tooLarge"]);
});

it("keeps prototype keys as data and never assigns them", async () => {
  const app = makeApp();
  let seen: unknown;
  app.post("/look", { config: { access: "public" } }, (request) => {
    seen = request.body;
    return { ok: true };
  });
  for (const text of ['{"a":{"__proto__":{"isAdmin":true}}}', '{"a":{"\\u005f_proto__":{"isAdmin":true}}}']) {
    await json(app, "/look", text);
    const inner = (seen as { a: object }).a;
    expect(Object.getPrototypeOf(inner)).toBeNull();
    expect(Object.keys(inner)).toEqual(["__proto__"]);
    expect((inner as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  }
  expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
});

it("lists every fault of a request with the path of the field", async () => {
  const answer = await json(makeApp(), "/checked?limit=2", JSON.stringify({ tags: [1, "x", 2.5], extra: 1 }));
  const { code, details } = answer.json().error;
  expect(code).toBe("http.badRequest");
  expect(details.map((detail: { path: string; code: string }) => [detail.path, detail.code])).toEqual(
    expect.arrayContaining([
      ["/name", "required"],
      ["/extra", "additionalProperties"],
      ["/tags/1", "type"],
      ["/tags/2", "type"],
    ]),
  );
});

it("converts query values, applies defaults, and refuses values out of range", async () => {
  const app = makeApp();
  const body = JSON.stringify({ name: "n", tags: [] });
  expect((await json(app, "/checked?limit=7", body)).json()).toEqual({ limit: 7 });
  expect((await json(app, "/checked", body)).json()).toEqual({ limit: 5 });
  expect((await json(app, "/checked?limit=11", body)).json().error.details).toMatchObject([
    { path: "/limit", code: "maximum" },
  ]);
});

it("hides the message of a server failure and logs it under the id of the answer", async () => {
  const lines: string[] = [];
  const answer = await makeApp({ lines }).inject("/fail");
  const { error } = answer.json();
  expect(answer.statusCode).toBe(500);
  expect(error.code).toBe("http.internal");
  expect(answer.body).not.toContain("hunter2");
  const logged = lines.map((line) => JSON.parse(line)).find(({ level }) => level === "error");
  expect(logged.id).toBe(error.id);
  expect(JSON.stringify(logged)).toContain("hunter2");
});

it("writes one log line a request, with the route pattern and without the query", async () => {
  const lines: string[] = [];
  await makeApp({ lines }).inject("/search?writeKey=secret-key&email=a@b.c");
  const requests = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === "request");
  expect(requests).toHaveLength(1);
  expect(requests[0]).toMatchObject({ method: "GET", route: "/search", status: 401 });
  expect(lines.join("")).not.toMatch(/secret-key|a@b\.c/);
});

it("tells a client when to come back after 503 and 429", async () => {
  const app = makeApp();
  expect((await app.inject("/busy")).headers["retry-after"]).toBe("7");
  const send = () =>
    app.inject({
      method: "POST",
      url: "/events",
      headers: { authorization: "Bearer limited", origin: "https://shop.example" },
    });
  expect([(await send()).statusCode, (await send()).statusCode]).toEqual([200, 200]);
  const refused = await send();
  expect(refused.statusCode).toBe(429);
  expect(refused.json().error.code).toBe("http.rateLimited");
  expect(Number(refused.headers["retry-after"])).toBeGreaterThanOrEqual(1);
  expect(Number(refused.headers["x-ratelimit-reset"])).toBeGreaterThan(clock.now() / 1000);
  expect(refused.headers["access-control-expose-headers"]).toBe("Retry-After, X-RateLimit-Reset");
  clock.advance(1000);
  expect((await send()).statusCode).toBe(200);
});

it("answers a preflight with whatever headers it asks for", async () => {
  const asked = "anonymousid, authorization, content-type, rsa-retry-attempt";
  const answer = await makeApp().inject({
    method: "OPTIONS",
    url: "/events",
    headers: {
      origin: "https://shop.example",
      "access-control-request-method": "POST",
      "access-control-request-headers": asked,
    },
  });
  expect(answer.statusCode).toBe(204);
  expect(answer.headers).toMatchObject({
    "access-control-allow-origin": "https://shop.example",
    "access-control-allow-headers": asked,
    "access-control-allow-methods": "POST, GET, OPTIONS",
    "access-control-max-age": "86400",
  });
});

it("answers preflights of routes inside plugins, with the methods of the whole path", async () => {
  const app = makeApp();
  app.register(async (scope) => {
    scope.get("/edge/:any/v1", { config: { access: "discovery" } }, () => ({}));
    scope.register(
      async (inner) => {
        inner.post("/:any/v1", { config: { access: "write-key", corsCredentials: true } }, () => ({}));
      },
      { prefix: "/edge" },
    );
  });
  const answer = await app.inject({ method: "OPTIONS", url: "/edge/x/v1", headers: { origin: "https://a.example" } });
  expect([answer.statusCode, answer.headers["access-control-allow-methods"]]).toEqual([
    204,
    "POST, GET, OPTIONS, HEAD",
  ]);
});

it("sends the origin header on errors of cross-origin routes, also on 404", async () => {
  const app = makeApp();
  const headers = { origin: "https://shop.example" };
  const unauthorized = await app.inject({ method: "POST", url: "/events", headers });
  const unsupported = await app.inject({
    method: "POST",
    url: "/events",
    payload: "x",
    headers: { ...headers, authorization: "Bearer good", "content-type": "text/csv" },
  });
  const missing = await app.inject({ method: "POST", url: "/nowhere", headers });
  expect([unauthorized.statusCode, unsupported.statusCode, missing.statusCode]).toEqual([401, 415, 404]);
  for (const answer of [unauthorized, unsupported, missing])
    expect(answer.headers["access-control-allow-origin"]).toBe("https://shop.example");
});

it("does not open other routes to other origins", async () => {
  const app = makeApp();
  const answer = await app.inject({
    method: "POST",
    url: "/echo",
    payload: {},
    headers: { origin: "https://evil.example" },
  });
  const preflight = await app.inject({
    method: "OPTIONS",
    url: "/echo",
    headers: { origin: "https://evil.example", "access-control-request-method": "POST" },
  });
  expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  expect(preflight.statusCode).toBe(404);
});

it("answers an unknown path and a malformed one in the shape of the API", async () => {
  const app = makeApp();
  expect((await app.inject("/nowhere?email=a@b.c")).json().error).toMatchObject({
    code: "http.notFound",
    message: "there is no GET at this path",
  });
  expect((await app.inject("/%E0%A4%A")).json().error.code).toBe("http.badRequest");
});

it("opens discovery to anybody when the setting says so, also with a key of another system", async () => {
  const closed = makeApp();
  const open = makeApp({ openDiscovery: true });
  expect((await closed.inject("/search")).statusCode).toBe(401);
  expect((await open.inject("/search")).json()).toEqual({ actor: "nobody" });
  expect((await open.inject({ url: "/search", headers: { authorization: "Bearer foreign" } })).json()).toEqual({
    actor: "nobody",
  });
  expect((await open.inject({ method: "POST", url: "/events" })).statusCode).toBe(401);
});

it("authenticates after the body for clients that send their key in it", async () => {
  const app = makeApp({
    authenticate: (request, route) => (route.writeKeyFrom?.(request) === "k" ? browserKey : noAuth),
  });
  app.post(
    "/batch",
    {
      config: {
        access: "write-key",
        keyInBody: true,
        writeKeyFrom: (request) => (request.body as { writeKey?: string } | undefined)?.writeKey,
      },
    },
    (request) => ({ source: request.auth.sourceId }),
  );
  expect((await app.inject({ method: "POST", url: "/batch", payload: { writeKey: "k" } })).json()).toEqual({
    source: "shop",
  });
  expect((await app.inject({ method: "POST", url: "/batch", payload: {} })).statusCode).toBe(401);
});

it("gives the pages of a plugin public access and their security headers", async () => {
  const app = makeApp();
  const csp = "default-src 'self'";
  app.register(
    pages({
      csp,
      plugin: async (scope) => {
        scope.get("/page", (_request, reply) => reply.type("text/html").send("<p>hello</p>"));
      },
    }),
  );
  const answer = await app.inject("/page");
  expect(answer.statusCode).toBe(200);
  expect(answer.headers).toMatchObject({ "content-security-policy": csp, "x-content-type-options": "nosniff" });
  expect((await app.inject("/search")).headers["content-security-policy"]).toBeUndefined();
});

it("describes every route in an OpenAPI 3.1 document and on a page without scripts", async () => {
  const app = makeApp();
  app.register(async (scope) => {
    scope.get(
      "/v1/things",
      { config: { access: "read" }, schema: { tags: ["<Things>"], summary: "List <b>things</b>" } },
      () => ({}),
    );
  });
  await app.ready();
  expect(openApiDocument(app)).toMatchObject({
    openapi: "3.1.0",
    paths: { "/v1/things": { get: { summary: "List <b>things</b>", security: [{ token: [] }, { session: [] }] } } },
  });
  const page = await app.inject("/docs");
  expect(page.headers["content-type"]).toContain("text/html");
  expect(page.body).toContain("List &lt;b&gt;things&lt;/b&gt;");
  expect(page.body).not.toMatch(/<script|<b>things/);
  expect((await app.inject("/docs/openapi.json")).json().info.title).toBe("Clientele API");
});
