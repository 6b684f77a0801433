import type { Evaluation } from "../cart-rules/engine.ts";

/** What shipping is less because it is free for some or all. Minor units. */
function shippingSaved({ shipping }: Evaluation): number {
  return shipping.beforeFree - shipping.amount;
}

/** All that rules take off: lines, shipping, and what shipping is less. Minor units. */
export function givenBy(evaluation: Evaluation): number {
  return evaluation.itemDiscount + evaluation.shipping.discount + shippingSaved(evaluation);
}

/** What each rule gives, free shipping by its first giver. Minor units. */
export function givenByRule(evaluation: Evaluation): ReadonlyMap<string, number> {
  const { units, shipping } = evaluation;
  const given = new Map<string, number>();
  const add = (key: string, minor: number) => given.set(key, (given.get(key) ?? 0) + minor);
  for (const { byRule } of units) for (const [key, minor] of byRule) add(key, minor);
  for (const [key, minor] of shipping.byRule) add(key, minor);
  const [giver] = shipping.freeBy;
  if (giver !== undefined) add(giver, shippingSaved(evaluation));
  return given;
}
