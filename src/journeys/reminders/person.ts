import type { RuleSubject } from "../../kernel/rules/index.ts";
import type { OwnedIdentifier, ProfileRow, ProfileState } from "../../profiles/index.ts";
import type { BackInStockSource } from "./reminder-body.ts";

/** A customer as reminders see them: as the database has them now. */
export type Person = {
  readonly profileId: string;
  readonly createdAt: number;
  readonly version: number;
  readonly state: ProfileState;
  readonly identifiers: readonly OwnedIdentifier[];
};

/** Profiles past every cache. */
export type People = {
  /** Merged and erased ones are missing. */
  readonly stored: (
    profileIds: readonly string[],
  ) => Promise<readonly Pick<ProfileRow, "profileId" | "createdAt" | "version" | "state">[]>;
  readonly linksOf: (
    profileIds: readonly string[],
  ) => Promise<readonly (OwnedIdentifier & { readonly profileId: string })[]>;
  /** Everybody in order of id. */
  readonly scan: (afterId: string | null, limit: number) => Promise<readonly Pick<ProfileRow, "profileId" | "state">[]>;
  /** The profile that a merged one went into; undefined for somebody gone. */
  readonly survivorOf: (profileId: string) => Promise<string | undefined>;
};

/** What rules read of a customer. */
export type SubjectOf = (person: Person) => RuleSubject;

/** Reads customers; those who are gone are missing. */
export async function loadPersons(
  people: Pick<People, "stored" | "linksOf">,
  profileIds: readonly string[],
): Promise<ReadonlyMap<string, Person>> {
  if (profileIds.length === 0) return new Map();
  const rows = await people.stored(profileIds);
  const links = new Map<string, OwnedIdentifier[]>();
  for (const { profileId, ...link } of await people.linksOf(profileIds)) {
    const known = links.get(profileId);
    if (known) known.push(link);
    else links.set(profileId, [link]);
  }
  return new Map(rows.map((row) => [row.profileId, { ...row, identifiers: links.get(row.profileId) ?? [] }]));
}

/** What a customer is called in lists: the name, else the strongest thing they are known by; empty = nothing is known. */
export function labelOf({ identifiers }: Pick<Person, "identifiers">, { profile }: RuleSubject): string {
  const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
  const name = [profile?.["first_name"], profile?.["last_name"]].filter(isText).join(" ");
  const known = identifiers.find(({ namespace, validTo }) => namespace === "user_id" && validTo === null)?.value;
  return [name, profile?.["email"], known].find(isText) ?? "";
}

/** The store view where somebody was seen last. */
export function storeViewOf({ state }: Pick<Person, "state">, defaultStoreView: string): string {
  const seen = Object.entries(state.storeViews ?? {});
  const [newest] = seen.sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return newest?.[0] ?? defaultStoreView;
}

/** Whether reminders have anything to do with somebody: other profiles are not watched. */
export function isWatchable({ cart, wishlist, viewed, orders }: ProfileState, uses: TriggerUses): boolean {
  if (cart !== null && cart.items.length > 0) return true;
  if (uses.wishlist && wishlist.length > 0) return true;
  return (uses.viewed && viewed.length > 0) || (uses.replenishment && orders.length > 0);
}

/** What live rules look at besides carts. */
export type TriggerUses = {
  readonly wishlist: boolean;
  readonly viewed: boolean;
  readonly replenishment: boolean;
  /** Prices of products in the cart. */
  readonly priceDrop: boolean;
  /** Stock of products met there. */
  readonly backInStock: ReadonlySet<BackInStockSource>;
};
