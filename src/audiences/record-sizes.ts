import { startOfPeriod } from "./size-history.ts";
import type { EstimateStore } from "./store-estimates.ts";

const keptMs = 400 * 86_400_000;

/** Writes down, once an hour, how many members each audience has; may be repeated. */
export async function recordSizes(
  store: Pick<EstimateStore, "lastSizesAt" | "recordSizes" | "forgetSizes">,
  audiences: readonly { readonly id: string }[],
  nowMs: number,
): Promise<void> {
  const hour = startOfPeriod(nowMs, "hour");
  if (((await store.lastSizesAt()) ?? 0) >= hour) return;
  await store.recordSizes(
    audiences.map(({ id }) => id),
    hour,
  );
  await store.forgetSizes(nowMs - keptMs);
}
