import { ClienteleError } from "../kernel/index.ts";
import { hashSecret } from "./key.ts";
import type { createKeyManagement, Manager } from "./manage-keys.ts";
import type { createUserManagement } from "./manage-users.ts";
import { verifyPassword } from "./passwords.ts";
import type { AccessStore } from "./store.ts";

/** The credentials of the demo, known to everybody. */
export const demoCredentials = {
  writeKey: "demo-write-key",
  token: "demo-admin-token",
  email: "admin@example.com",
  password: "demo-admin",
  sourceId: "demo-shop",
  identitySecret: "demo-identity-secret",
} as const;

const demo: Manager = { actor: "demo", via: "cli" };

export function createDemoAccess(
  store: AccessStore,
  keys: ReturnType<typeof createKeyManagement>,
  users: ReturnType<typeof createUserManagement>,
) {
  const activeHashes = async () => new Set((await store.activeKeys()).map(({ hash }) => hash));
  return {
    /** Makes the demo's key, token and user where they are missing. For the demo only. */
    ensureDemoAccess: async (): Promise<void> => {
      const hashes = await activeHashes();
      const { writeKey, token, email, password, sourceId, identitySecret } = demoCredentials;
      if (!hashes.has(hashSecret(writeKey)))
        await keys.insertKey({ kind: "write", name: "Demo shop", sourceId }, { key: writeKey, identitySecret }, demo);
      if (!hashes.has(hashSecret(token))) {
        await keys.insertKey(
          { kind: "token", name: "Demo administrator", scopes: ["read", "edit", "publish", "admin", "personal-data"] },
          { key: token, identitySecret: null },
          demo,
        );
      }
      if (!(await store.findUserByEmail(email))) {
        await users.addUser(
          { email, password, name: "Demo administrator", role: "administrator", personalData: true },
          demo,
        );
      }
    },
    /** @throws {ClienteleError} `access.demoCredentials` when a credential of the demo works here */
    assertNoDemoCredentials: async (): Promise<void> => {
      const hashes = await activeHashes();
      const { writeKey, token, email, password } = demoCredentials;
      const found: string[] = [];
      if (hashes.has(hashSecret(writeKey))) found.push("the write key demo-write-key");
      if (hashes.has(hashSecret(token))) found.push("the token demo-admin-token");
      const user = await store.findUserByEmail(email);
      if (user && user.disabledAt === null && (await verifyPassword(password, user.password)))
        found.push(`the password of ${email}`);
      if (found.length > 0) {
        throw new ClienteleError(
          "access.demoCredentials",
          `well-known demo credentials work on this data: ${found.join(", ")}; revoke them with clientele keys revoke and clientele users`,
        );
      }
    },
  };
}
