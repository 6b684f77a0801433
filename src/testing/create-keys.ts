import { createApp } from "../app.ts";
import { type Config, readConfig } from "../config.ts";
import { createLogger } from "../kernel/index.ts";

const manager = { actor: "command line", via: "cli" } as const;

/**
 * A write key and a token with `scopes` in the databases of `config`, as `clientele keys create` makes them, without the processes that
 * would load the program anew for each. Migrates what is new; nothing runs on the databases afterwards.
 */
export async function createKeys(
  config: Partial<Config>,
  scopes: readonly string[] = ["read"],
): Promise<{ readonly writeKey: string; readonly token: string }> {
  const app = await createApp({
    config: readConfig({}, { logLevel: "silent", ...config, roles: [], demo: false }),
    logger: createLogger("silent"),
    withoutJobs: true,
  });
  try {
    const create = (key: object) =>
      // Checked by the call itself, as what the command line passes on.
      app.access.createKey(key as Parameters<typeof app.access.createKey>[0], manager);
    const write = await create({ kind: "write", name: "load" });
    const token = await create({ kind: "token", name: "check", scopes });
    return { writeKey: write.key, token: token.key };
  } finally {
    await app.close();
  }
}
