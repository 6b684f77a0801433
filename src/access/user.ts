import type { Scope } from "../http/index.ts";

export const roles = ["viewer", "editor", "approver", "administrator"] as const;
export type Role = (typeof roles)[number];

/** A person who may sign in. `storeViews` null = all; `personalData` is given apart from the role. */
export type User = {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly personalData: boolean;
  readonly storeViews: readonly string[] | null;
  readonly createdAt: string;
  readonly disabledAt: string | null;
  readonly lastSignInAt: string | null;
};

const ladder: readonly Scope[] = ["read", "edit", "publish", "admin"];

/** Each role has the scopes of those below it. */
export function scopesOf({ role, personalData }: Pick<User, "role" | "personalData">): readonly Scope[] {
  const scopes = ladder.slice(0, roles.indexOf(role) + 1);
  return personalData ? [...scopes, "personal-data"] : scopes;
}
