import { type Profile, usableProfile } from "../../profiles/index.ts";
import type { Call, GraphqlDeps } from "./graphql-deps.ts";

/** Hours: how long the drop-in may keep what it was told. */
const tokenLifetimeHours = 1;

const notLoggedIn = "0";
const general = "1";

/** Base64 of the id, as Adobe's store answers ids; the drop-in encodes what authors write the same way. */
export function uidOf(id: string): string {
  return Buffer.from(id).toString("base64");
}

/** All three shares must be true, or the personalization drop-in asks for nothing else. */
export function storeConfig({ storeView }: Pick<Call, "storeView">) {
  return {
    share_active_segments: true,
    graphql_share_customer_group: true,
    share_applied_cart_rule: true,
    customer_access_token_lifetime: tokenLifetimeHours,
    store_code: storeView,
  };
}

/** Null when nobody is known, or when personalisation was refused: such a visitor's profile is not used. */
export async function profileOf(call: Pick<Call, "visitor">): Promise<Profile | null> {
  return usableProfile(await call.visitor());
}

/** The group that the server knows of the customer; what a browser claims is not looked at. */
export async function customerGroup(deps: Pick<GraphqlDeps, "customerGroupOf">, call: Call) {
  const profile = await profileOf(call);
  const isCustomer = profile?.identifiers.some(({ namespace }) => namespace === "user_id") ?? false;
  const group = profile && isCustomer ? (deps.customerGroupOf(profile) ?? general) : notLoggedIn;
  return { uid: uidOf(group) };
}

/** Keys of the audiences that the visitor is in now. */
export async function customerSegments(deps: Pick<GraphqlDeps, "audienceKeysOf">, call: Call) {
  const profile = await profileOf(call);
  return profile ? deps.audienceKeysOf(profile).map((key) => ({ uid: uidOf(key) })) : [];
}
