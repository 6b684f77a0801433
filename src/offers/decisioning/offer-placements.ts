// Where offers stand that ask for more than memory holds: what a cart price rule would do to the cart, or what must be taken for the
// visitor. A call for other placements is decided at once.
import type { LiveDefinition } from "../../definitions/index.ts";
import type { PolicyBody } from "./bodies.ts";
import type { Offer, OfferSet } from "./offer-set.ts";

export const asksFiring = ({ cartRule }: Offer): boolean => cartRule?.when === "applies" || cartRule?.when === "near";
export const asksTaking = ({ isTaken }: Offer): boolean => isTaken;

/** Names of placements, as calls name them, at which a policy has such an offer. */
export function placementsWith(
  isAsking: (offer: Offer) => boolean,
  set: OfferSet,
  policies: readonly LiveDefinition<PolicyBody>[],
): ReadonlySet<string> {
  if (!set.offers.some(isAsking)) return new Set();
  return new Set(
    policies.flatMap(({ key, body }) =>
      set.policies.get(key)?.strategies.some(({ offers }) => offers.some(isAsking))
        ? body.placements.flatMap((placement) => set.placements.get(placement)?.name ?? [])
        : [],
    ),
  );
}
