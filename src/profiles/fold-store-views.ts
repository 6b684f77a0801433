import type { ProfileState } from "./profile.ts";

type StoreViews = NonNullable<ProfileState["storeViews"]>;

const keptStoreViews = 50;

/** Store views where the person was seen, with the newest time of each; the newest fifty. */
export function foldStoreViews(views: StoreViews | undefined, storeView: string, at: number): StoreViews {
  if (views && Object.hasOwn(views, storeView) && (views[storeView] ?? 0) >= at) return views;
  return newest([...Object.entries(views ?? {}), [storeView, at]]);
}

/** Commutative; undefined when neither side knows any. */
export function mergeStoreViews(
  a: StoreViews | undefined,
  b: StoreViews | undefined,
): Pick<ProfileState, "storeViews"> {
  if (!a || !b) return a || b ? { storeViews: a ?? b ?? {} } : {};
  return { storeViews: newest([...Object.entries(a), ...Object.entries(b)]) };
}

function newest(entries: readonly (readonly [string, number])[]): StoreViews {
  const byView = new Map<string, number>();
  for (const [view, at] of entries) byView.set(view, Math.max(at, byView.get(view) ?? at));
  const kept = [...byView].sort(([x, a], [y, b]) => b - a || (x < y ? -1 : 1)).slice(0, keptStoreViews);
  // Names come from outside, and one may be `__proto__`: entries define, they do not assign.
  return Object.fromEntries(kept.sort(([x], [y]) => (x < y ? -1 : 1)));
}
