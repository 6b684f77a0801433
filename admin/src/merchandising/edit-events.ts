// What a rule says of single products, as an editor changes it. Positions are 1-based; of each product at most one thing is said, and no
// two pins of one rule share a place.
import type { ConditionEvent, ListItem, NamedEvent, RuleEvent } from "./shapes.ts";

/** The server takes no pin behind it. */
export const maxPosition = 200;

/** Of the two kinds of events the order among each other does not count; only that of conditions does, among themselves. */
export function splitEvents(events: readonly RuleEvent[] = []): {
  readonly named: readonly NamedEvent[];
  readonly byCondition: readonly ConditionEvent[];
} {
  return {
    named: events.flatMap(({ where: _where, ...event }) =>
      event.sku === undefined ? [] : [{ ...event, sku: event.sku }],
    ),
    byCondition: events.flatMap(({ sku, where, action, factor }) =>
      sku !== undefined || action === "pin" ? [] : [{ action, where: where ?? null, ...(factor ? { factor } : {}) }],
    ),
  };
}

export function joinEvents(named: readonly NamedEvent[], byCondition: readonly ConditionEvent[]): readonly RuleEvent[] {
  return [...named, ...byCondition];
}

export function eventOf(events: readonly NamedEvent[], sku: string): NamedEvent | undefined {
  return events.find((event) => event.sku === sku);
}

/** Says something else of one product; null = nothing any more. */
export function say(
  events: readonly NamedEvent[],
  sku: string,
  action: "boost" | "bury" | "hide" | null,
): readonly NamedEvent[] {
  const others = events.filter((event) => event.sku !== sku);
  return action === null ? others : [...others, { action, sku }];
}

/**
 * Pins a product to a place. Pins that are in its way make room as in a list: towards where it came from, and no further than there are
 * pins side by side.
 *
 * @param from where it stands now; undefined when it is not in the list
 */
export function pinTo(
  events: readonly NamedEvent[],
  sku: string,
  position: number,
  from?: number,
): readonly NamedEvent[] {
  const place = Math.min(Math.max(1, Math.round(position)), maxPosition);
  const step = from !== undefined && from < place ? -1 : 1;
  const others = events.filter((event) => event.sku !== sku);
  const pinAt = new Map(others.flatMap((event) => (event.action === "pin" ? [[event.position ?? 1, event.sku]] : [])));
  const moved = new Map<string, number>();
  for (let at = place; ; at += step) {
    const inTheWay = pinAt.get(at);
    if (inTheWay === undefined) break;
    moved.set(inTheWay, at + step);
  }
  const shifted = others.flatMap((event): readonly NamedEvent[] => {
    const next = moved.get(event.sku);
    if (next === undefined || event.action !== "pin") return [event];
    // Pushed off either end, it stands where it falls.
    return next < 1 || next > maxPosition ? [] : [{ ...event, position: next }];
  });
  return [...shifted, { action: "pin", sku, position: place }];
}

/** The list as it will be once the server has said so: what is hidden is gone, and pins stand at their places. */
export function foresee(items: readonly ListItem[], events: readonly NamedEvent[]): readonly ListItem[] {
  const bySku = new Map(items.map((item) => [item.sku, item]));
  const pins = events
    .flatMap(({ action, sku, position = 1 }) => {
      const item = action === "pin" ? bySku.get(sku) : undefined;
      return item ? [{ item, position }] : [];
    })
    .sort((a, b) => a.position - b.position);
  const taken = new Set(events.flatMap(({ action, sku }) => (action === "pin" || action === "hide" ? [sku] : [])));
  const list = items.filter(({ sku }) => !taken.has(sku));
  for (const { item, position } of pins) list.splice(Math.min(position - 1, list.length), 0, item);
  return list;
}
