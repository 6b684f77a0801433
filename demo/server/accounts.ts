import { createHash, randomBytes } from "node:crypto";
import { accountCreated } from "./back-office-events.ts";
import { createFailureCounter } from "./failure-counter.ts";
import { emailRules, readForm } from "./form.ts";
import { hashPassword, isPasswordOf } from "./passwords.ts";
import type { Account } from "./records.ts";
import { ShopError } from "./shop-error.ts";
import type { ShopStore } from "./shop-store.ts";

const sessionMs = 14 * 86_400_000;
const maxFailures = 10;
const failureWindowMs = 15 * 60_000;

export type Accounts = {
  /** @throws {ShopError} 422 for a faulty form or an address that has an account */
  create(body: unknown): Promise<Account>;
  /** @throws {ShopError} 401 for a wrong address or password, 429 after ten failures in 15 minutes */
  signIn(body: unknown): Promise<Account>;
  /** Returns the secret for the cookie; only its hash is kept. */
  openSession(customerId: string): Promise<string>;
  closeSession(token: string): Promise<void>;
  ofSession(token: string | undefined): Account | null;
};

export const sessionSeconds = sessionMs / 1000;

function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}

export function createAccounts(deps: {
  readonly store: ShopStore;
  readonly now: () => number;
  readonly storeView: string;
}): Accounts {
  const { store, now, storeView } = deps;
  const failures = createFailureCounter({
    now,
    max: maxFailures,
    windowMs: failureWindowMs,
    message: "Too many attempts. Please wait 15 minutes.",
  });

  return {
    create: async (body) => {
      const form = readForm(body);
      const email = form.text("email", emailRules).toLowerCase();
      const firstName = form.text("firstName", { label: "First name", max: 60 });
      const lastName = form.text("lastName", { label: "Last name", max: 60 });
      const password = form.text("password", { label: "Password", min: 8, max: 200 });
      if (email !== "" && store.accountByEmail(email))
        form.fault("email", "There is already an account with this address. Please sign in.");
      form.check();
      const passwordHash = await hashPassword(password);
      return store.exclusively(async () => {
        if (store.accountByEmail(email))
          throw new ShopError(422, "invalid", "Please correct the marked fields.", [
            { field: "email", message: "There is already an account with this address. Please sign in." },
          ]);
        // Random, so that a shop that starts afresh never gives one person's number to another.
        const customerId = `C-${randomBytes(6).toString("hex")}`;
        const account: Account = { customerId, email, firstName, lastName, passwordHash, createdAt: now() };
        await store.save({
          kind: "accountCreated",
          account,
          event: accountCreated(account, { nowMs: now(), storeView }),
        });
        return account;
      });
    },
    signIn: async (body) => {
      const form = readForm(body);
      const email = form.text("email", emailRules).toLowerCase();
      const password = form.text("password", { label: "Password", max: 200 });
      form.check();
      failures.check(email);
      const account = store.accountByEmail(email);
      if (!(await isPasswordOf(account?.passwordHash, password)) || !account) {
        failures.count(email);
        throw new ShopError(401, "wrongSignIn", "The email address or the password is wrong.");
      }
      failures.clear(email);
      return account;
    },
    openSession: async (customerId) => {
      const token = randomBytes(32).toString("base64url");
      await store.save({
        kind: "sessionOpened",
        tokenHash: hashToken(token),
        customerId,
        expiresAt: now() + sessionMs,
      });
      return token;
    },
    closeSession: async (token) => {
      const tokenHash = hashToken(token);
      if (store.session(tokenHash)) await store.save({ kind: "sessionClosed", tokenHash });
    },
    ofSession: (token) => {
      const session = token === undefined ? undefined : store.session(hashToken(token));
      if (!session || session.expiresAt <= now()) return null;
      return store.account(session.customerId) ?? null;
    },
  };
}
