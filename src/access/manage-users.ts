import { ClienteleError, newId, type Page, toPage } from "../kernel/index.ts";
import type { ManageDeps, Manager } from "./manage-keys.ts";
import { hashPassword, verifyPassword } from "./passwords.ts";
import { normalizeEmail, type Sessions } from "./sessions.ts";
import type { StoredUser, Transaction } from "./store.ts";
import type { Role, User } from "./user.ts";

export type NewUser = {
  readonly email: string;
  readonly password: string;
  readonly role: Role;
  readonly name?: string | undefined;
  readonly personalData?: boolean | undefined;
  readonly storeViews?: readonly string[] | null | undefined;
};

export type UserChange = {
  readonly name?: string | undefined;
  readonly role?: Role | undefined;
  readonly personalData?: boolean | undefined;
  readonly storeViews?: readonly string[] | null | undefined;
  readonly password?: string | undefined;
  readonly disabled?: boolean | undefined;
};

const minPasswordLength = 10;
const maxPasswordLength = 1000;

function publicUser({ password: _, ...user }: StoredUser): User {
  return user;
}

function assertPassword(password: string): void {
  if (password.length >= minPasswordLength && password.length <= maxPasswordLength) return;
  const message = `must have ${minPasswordLength} to ${maxPasswordLength} characters`;
  throw new ClienteleError("http.badRequest", `the password ${message}`, {
    details: [{ path: "/password", code: "length", message }],
  });
}

function changed(user: StoredUser, change: UserChange, password: string, nowMs: number): StoredUser {
  const disabledAt =
    change.disabled === undefined
      ? user.disabledAt
      : change.disabled
        ? (user.disabledAt ?? new Date(nowMs).toISOString())
        : null;
  return {
    ...user,
    name: change.name ?? user.name,
    role: change.role ?? user.role,
    personalData: change.personalData ?? user.personalData,
    storeViews: change.storeViews === undefined ? user.storeViews : change.storeViews,
    password,
    disabledAt,
  };
}

const isActiveAdministrator = (user: User) => user.role === "administrator" && user.disabledAt === null;

export function createUserManagement({ store, audit, clock }: ManageDeps, sessions: Sessions) {
  const record = (tx: Transaction, by: Manager, action: string, id: string, before: User | null, after: User | null) =>
    audit.record(tx, {
      actor: by.actor,
      via: by.via,
      action: `user.${action}`,
      objectKind: "user",
      objectId: id,
      before,
      after,
      requestId: by.requestId ?? null,
    });

  const addUser = async (given: NewUser, by: Manager): Promise<User> => {
    assertPassword(given.password);
    const email = normalizeEmail(given.email);
    if (!/^[^\s@]+@[^\s@]+$/.test(email) || email.length > 254)
      throw new ClienteleError("http.badRequest", "the e-mail is no address");
    const nowMs = clock.now();
    const user: StoredUser = {
      id: newId(nowMs),
      email,
      name: given.name?.trim() || email,
      password: await hashPassword(given.password),
      role: given.role,
      personalData: given.personalData ?? false,
      storeViews: given.storeViews ?? null,
      createdAt: new Date(nowMs).toISOString(),
      disabledAt: null,
      lastSignInAt: null,
    };
    await store.transaction(async (tx) => {
      if (!(await store.insertUser(tx, user)))
        throw new ClienteleError("access.duplicate", "a user with that e-mail exists");
      await record(tx, by, "create", user.id, null, publicUser(user));
    });
    return publicUser(user);
  };

  const changeUser = async (id: string, change: UserChange, by: Manager): Promise<User> => {
    if (change.password !== undefined) assertPassword(change.password);
    const password = change.password === undefined ? undefined : await hashPassword(change.password);
    const after = await store.transaction(async (tx) => {
      const administrators = await store.countAdministrators(tx);
      const before = await store.lockUser(tx, id);
      if (!before) throw new ClienteleError("access.notFound", `there is no user ${id}`);
      const next = changed(before, change, password ?? before.password, clock.now());
      if (isActiveAdministrator(before) && !isActiveAdministrator(next) && administrators === 1) {
        throw new ClienteleError("access.lastAdministrator", "this is the last administrator; make another one first");
      }
      await store.updateUser(tx, next);
      // A new password or the end of an account ends what was signed in with the old one.
      if (password !== undefined || next.disabledAt !== null) await store.endSessionsOf(tx, id);
      await record(tx, by, password === undefined ? "update" : "setPassword", id, publicUser(before), publicUser(next));
      return next;
    });
    sessions.clearCache();
    return publicUser(after);
  };

  return {
    /** Adds a user. @throws {ClienteleError} `access.duplicate`, `http.badRequest` for a password of less than 10 characters */
    addUser,
    /** Changes what is named. A new password, or disabling, signs the user out everywhere. @throws {ClienteleError} `access.lastAdministrator` */
    changeUser,
    /** A user's own change. @throws {ClienteleError} `access.badCredentials` when the present password is wrong */
    changeOwnPassword: async (user: User, present: string, next: string, by: Manager): Promise<void> => {
      const stored = await store.findUserByEmail(user.email);
      if (!(await verifyPassword(present, stored?.password)))
        throw new ClienteleError("access.badCredentials", "the present password is wrong");
      await changeUser(user.id, { password: next }, by);
    },
    /** Users by e-mail. */
    listUsers: async (afterEmail: string | null, limit: number): Promise<Page<User>> =>
      toPage((await store.listUsers(afterEmail, limit + 1)).map(publicUser), limit, (user) => [user.email]),
  };
}
