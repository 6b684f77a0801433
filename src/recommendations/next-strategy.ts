import { nameOf, type Proposal, type Situation } from "./situation.ts";

const historyAgeMs = 30 * 86_400_000;
const historyLength = 20;
const maxNext = 200;

/** Products the visitor viewed lately, oldest first. */
export function historyOf({ profile, catalog, nowMs }: Situation): readonly string[] {
  const viewed = (profile?.viewed ?? []).filter(({ at }) => nowMs - at <= historyAgeMs).slice(0, historyLength);
  return [...new Set(viewed.flatMap(({ sku }) => catalog.parentOf(sku)?.sku ?? []))].reverse();
}

/** Products of the running session and lately viewed ones, and what past sessions like it went on to. */
export function nextItems(situation: Situation): readonly Proposal[] {
  return nextAfter(historyOf(situation), situation);
}

function nextAfter(steps: readonly string[], situation: Situation): readonly Proposal[] {
  if (steps.length === 0) return [];
  return situation.model.next.next(steps, maxNext).map(({ item, score, because }) => ({
    sku: item,
    score,
    reason:
      because === "" || because === item || !steps.includes(because)
        ? { code: "viewed_before", text: "You viewed this" }
        : { code: "because_viewed", text: `Because you viewed ${nameOf(situation, because)}` },
  }));
}

/** What sessions like the running one went on to: the one that was given, else the shopper's last views. */
export function next(situation: Situation): readonly Proposal[] {
  return nextAfter(situation.steps.length > 0 ? situation.steps : historyOf(situation), situation);
}
