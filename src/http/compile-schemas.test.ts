import { Type } from "typebox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFixedClock, createLogger } from "../kernel/index.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";
import { createHttpServer, noAuth } from "./index.ts";

describe("of the whole program", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());

  it("each can be compiled, those of routes that nobody has called as well", () => {
    expect(app.server.compileSchemas()).toBeGreaterThan(500);
  });
});

describe("of a route", () => {
  const start = () =>
    createHttpServer({
      config: { publicUrl: "http://localhost:4000", openDiscovery: false },
      logger: createLogger("silent"),
      clock: createFixedClock(Date.UTC(2026, 0, 1)),
      authenticate: () => noAuth,
    });

  it("shape every answer, the first and the later ones", async () => {
    const app = start();
    const schema = { response: { 200: Type.Object({ shown: Type.Number() }) } };
    app.get("/some", { config: { access: "public" }, schema }, () => ({ shown: 1, hidden: 2 }));
    for (let call = 0; call < 2; call += 1) expect((await app.inject("/some")).body).toBe('{"shown":1}');
    await app.close();
  });

  it("say what is wrong with one that cannot be compiled", async () => {
    const app = start();
    const broken = Type.Unsafe({ type: "object", properties: { a: { $ref: "#/$defs/missing" } } });
    app.get("/some", { config: { access: "public" }, schema: { response: { 200: broken } } }, () => ({ a: 1 }));
    await app.ready();
    expect(() => app.compileSchemas()).toThrow(/missing/);
    await app.close();
  });
});
