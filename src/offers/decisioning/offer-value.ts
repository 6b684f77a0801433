import { sanitizeMarkup } from "../../content/index.ts";
import type { DecisionContext, PlacementCall } from "../../decisions/index.ts";
import type { LiveDefinition } from "../../definitions/index.ts";
import type { JsonObject } from "../../kernel/index.ts";
import type { Representation } from "./bodies.ts";
import type { Choice, Chosen } from "./choose-offers.ts";
import type { PlacedPolicy } from "./decide-policy.ts";
import { type Offer, representationOf } from "./offer-set.ts";

// Sanitising takes longer than the whole rest of a decision; a version of an offer never changes.
const sanitized = new WeakMap<Representation, string>();

function htmlOf(representation: Representation): string | undefined {
  const { html } = representation;
  if (html === undefined) return undefined;
  const known = sanitized.get(representation) ?? sanitizeMarkup(html);
  sanitized.set(representation, known);
  return known;
}

function representationValue(representation: Representation, contentType: string): JsonObject {
  const { json, link, asset, text, alt } = representation;
  const html = htmlOf(representation);
  return {
    contentType,
    ...(html === undefined ? {} : { html }),
    ...(json === undefined ? {} : { json }),
    ...(link === undefined ? {} : { link }),
    ...(asset === undefined ? {} : { asset }),
    ...(text === undefined ? {} : { text }),
    ...(alt === undefined ? {} : { alt }),
  };
}

/** What the caller gets: the items in order, and the id by which events name them. */
export function offerValue(
  definition: LiveDefinition<PlacedPolicy>,
  { chosen }: Choice,
  context: DecisionContext,
  call: PlacementCall,
  codeOf: (offer: Offer) => JsonObject | undefined,
): JsonObject {
  const { at } = definition.body;
  const toItem = ({ offer, strategy, score, reason, isFallback }: Chosen): JsonObject => {
    const representation = representationOf(offer, at.key, context.storeView);
    const coupon = codeOf(offer);
    return {
      id: offer.key,
      name: offer.name,
      placement: call.placement,
      strategy,
      score: Number.isFinite(score) ? score : null,
      reason,
      ...(isFallback ? { fallback: true } : {}),
      ...(offer.cartRule ? { cartRule: offer.cartRule.key } : {}),
      ...(coupon ? { coupon } : {}),
      attributes: offer.attributes,
      representation: representation ? representationValue(representation, at.contentType) : {},
    };
  };
  const [first] = chosen;
  const only = chosen.length === 1 && first ? first.offer : undefined;
  const representation = only && representationOf(only, at.key, context.storeView);
  const html = representation && htmlOf(representation);
  return {
    id: definition.id,
    name: definition.name,
    policy: definition.key,
    propositionId: call.decisionId,
    // Clients that report only the activity of a proposition report the offer.
    ...(only ? { offerId: only.key } : {}),
    ...(html === undefined ? {} : { html }),
    items: chosen.map(toItem),
  };
}
