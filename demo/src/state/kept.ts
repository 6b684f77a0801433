/** Reads JSON that this browser kept; undefined when there is none or storage is not allowed. */
export function readKept(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null") ?? undefined;
  } catch {
    // Storage may be forbidden, and anybody may have edited it: the shop then starts without.
    return undefined;
  }
}

export function keep(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Full or forbidden: the cart then lives as long as the page.
  }
}
