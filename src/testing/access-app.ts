import { createAccess, createAccessRoutes, createAccessStore, type Manager, type Role } from "../access/index.ts";
import { createHttpServer, type HttpServer, type Scope } from "../http/index.ts";
import { type Clock, createLogger } from "../kernel/index.ts";
import type { Engines } from "../storage/index.ts";

/** Who the tests act as where no request does. */
export const testManager: Manager = { actor: "test", via: "cli" };
export const testPassword = "correct horse battery";

const publicUrl = "https://shop.example";
let number = 0;

/** A name that no other call returns. */
export function unique(name: string): string {
  number += 1;
  return `${name}-${number}`;
}

export const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** Access with its routes on real engines, behind a proxy that names the client's address. */
export async function startAccessApp(engines: Engines, clock: Clock) {
  const logger = createLogger("silent");
  const access = createAccess({ store: createAccessStore(engines.postgres), clock, logger });
  await access.start();
  const app: HttpServer = createHttpServer({
    config: { publicUrl, openDiscovery: false },
    logger,
    clock,
    authenticate: access.authenticate,
    trustProxy: true,
  });
  app.register(createAccessRoutes({ access, publicUrl }));
  return {
    access,
    app,
    makeKey: (extra: object = {}) => access.createKey({ kind: "write", name: unique("shop"), ...extra }, testManager),
    makeToken: (scopes: readonly Scope[], extra: object = {}) =>
      access.createKey({ kind: "token", name: unique("token"), scopes, ...extra }, testManager),
    makeUser: (role: Role, extra: object = {}) =>
      access.addUser({ email: `${unique("user")}@example.com`, password: testPassword, role, ...extra }, testManager),
    /** The answer, and the headers of a signed-in browser. */
    signIn: async (email: string, password = testPassword, address = "10.0.0.1") => {
      const answer = await app.inject({
        method: "POST",
        url: "/v1/session",
        payload: { email, password },
        headers: { "x-forwarded-for": address },
      });
      const cookie = String(answer.headers["set-cookie"] ?? "").split(";")[0] ?? "";
      return { answer, headers: { cookie, "x-clientele-csrf": String(answer.json().csrf) } };
    },
    close: async () => {
      await app.close();
      await access.stop();
    },
  };
}

export type AccessApp = Awaited<ReturnType<typeof startAccessApp>>;
