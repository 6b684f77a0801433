// What a model knows of a visitor and a place: few inputs, each between about 0 and 1, the same when it learns and when it serves.
import { fnv1a } from "../../kernel/index.ts";
import type { ModelSettings } from "./bodies.ts";

export type InputFacts = {
  readonly read: (path: string) => unknown;
  readonly isMember: (audience: string) => boolean;
  /** Nobody known, or the visitor refused personalisation: nothing of a profile is read. */
  readonly isKnown: boolean;
};

const number = (value: unknown): number => (typeof value === "number" && Number.isFinite(value) ? value : 0);
const logShare = (value: number, full: number): number =>
  Math.min(1, Math.log1p(Math.max(0, value)) / Math.log1p(full));
const flag = (value: boolean): number => (value ? 1 : 0);

/** Inputs of every personalised model. */
const visitorInputs: readonly (readonly [string, (facts: InputFacts) => number])[] = [
  ["mobile", ({ read }) => flag(/^(mobile|phone|smartphone)$/i.test(String(read("context.device") ?? "")))],
  ["cart", ({ read }) => flag(number(read("cart.total_qty")) > 0)],
  ["known", ({ isKnown }) => flag(isKnown)],
  ["customer", ({ isKnown, read }) => flag(isKnown && number(read("profile.orders_count")) > 0)],
  ["orders", ({ isKnown, read }) => (isKnown ? logShare(number(read("profile.orders_count")), 50) : 0)],
  ["sessions", ({ isKnown, read }) => (isKnown ? logShare(number(read("profile.sessions")), 100) : 0)],
  ["away", ({ isKnown, read }) => (isKnown ? logShare(number(read("profile.days_since_last_order")), 365) : 0)],
];

/** Names of a model's inputs. `place` is the logarithm of the place in the list: what stands lower is seen less. */
export function inputNames({ personalised = true, audiences = [] }: ModelSettings): readonly string[] {
  if (!personalised) return ["one", "place"];
  return ["one", "place", ...visitorInputs.map(([name]) => name), ...audiences.map((key) => `audience:${key}`)];
}

/** Models with the same inputs can learn from the same log. */
export function inputSetOf(settings: ModelSettings): string {
  return fnv1a(inputNames(settings).join(",")).toString(16);
}

/** Values in the order of `inputNames`, for the first place. */
export function inputsOf({ personalised = true, audiences = [] }: ModelSettings, facts: InputFacts): readonly number[] {
  if (!personalised) return [1, 0];
  return [
    1,
    0,
    ...visitorInputs.map(([, valueFor]) => valueFor(facts)),
    ...audiences.map((key) => flag(facts.isMember(key))),
  ];
}
