// By what prices and price rules go beside the products: the website, and the customer group of whoever buys.
import { customerGroup } from "./audiences/index.ts";
import type { Config } from "./config.ts";
import type { Profile } from "./profiles/index.ts";

const defaultWebsite = "base";
const notLoggedIn = "not_logged_in";
/** Group of a customer whose record tells none. */
const generalGroup = "general";

export function websiteOf({ websiteByStoreView }: Pick<Config, "websiteByStoreView">, storeView: string): string {
  return websiteByStoreView.get(storeView) ?? defaultWebsite;
}

/** Null for nobody known, and for somebody who has no account. */
export function customerIdOf(profile: Profile | null): string | null {
  return profile?.identifiers.find(({ namespace }) => namespace === "user_id")?.value ?? null;
}

/** @param customerId null: whoever the profile is, nobody is signed in */
export function customerGroupOf(profile: Profile | null, customerId: string | null): string {
  if (customerId === null) return notLoggedIn;
  return (profile && customerGroup(profile)) ?? generalGroup;
}
