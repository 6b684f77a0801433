// An offer that is about a cart price rule goes by it: whether it is in use, whether it applies, how near the cart is to it.
import type { DecisionContext } from "../../decisions/index.ts";
import type { Money } from "../../kernel/index.ts";
import type { Lack } from "./bodies.ts";
import type { Offer } from "./offer-set.ts";

/** What offers ask of cart price rules. */
export type CartRulePort = {
  /** Whether the rule may be used now: live, in its dates, with budget left. */
  readonly isOpen: (ruleKey: string, nowMs: number) => boolean;
  /** Whether it would change the cart in hand; else how much the cart lacks, where it lacks one amount or quantity and nothing else. */
  readonly judge: (
    ruleKey: string,
    context: DecisionContext,
  ) => { readonly applies: boolean; readonly missing: Lack | null };
  /** An amount in another currency; undefined without a rate. */
  readonly convert: (money: Money, to: string) => Money | undefined;
};

/** Why an offer is out for its cart price rule; undefined = it is not, or it has none. */
export function cartRuleFault(
  offer: Pick<Offer, "cartRule">,
  context: DecisionContext,
  port: CartRulePort,
): string | undefined {
  const link = offer.cartRule;
  if (!link) return undefined;
  if (!port.isOpen(link.key, context.nowMs)) return `The cart price rule ${link.key} is not in use any more`;
  const { when = "live", lacksAtMost } = link;
  if (when === "live") return undefined;
  const { applies, missing } = port.judge(link.key, context);
  if (when === "applies") return applies ? undefined : `The cart price rule ${link.key} does not apply to the cart`;
  if (applies) return `The cart price rule ${link.key} applies already`;
  if (!missing) return `The cart is not near the cart price rule ${link.key}`;
  if (lacksAtMost && isWithin(missing, lacksAtMost, port.convert)) return undefined;
  return `The cart lacks ${lackText(missing)} of the cart price rule ${link.key}, more than the offer allows`;
}

const lackText = (lack: Lack): string =>
  "quantity" in lack ? `${lack.quantity} units` : `${lack.minor} minor units of ${lack.currency}`;

/** Amounts are compared in the currency of the offer; an amount and a quantity never are. */
function isWithin(missing: Lack, most: Lack, convert: CartRulePort["convert"]): boolean {
  if ("quantity" in missing || "quantity" in most)
    return "quantity" in missing && "quantity" in most && missing.quantity <= most.quantity;
  const own = missing.currency === most.currency ? missing : convert(missing, most.currency);
  return own !== undefined && own.minor <= most.minor;
}
