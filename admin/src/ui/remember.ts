/** Small per-person preferences (visible columns, sort) kept in this browser. */
const prefix = "clientele.admin.";

export function recall(name: string): string | null {
  try {
    return localStorage.getItem(prefix + name);
  } catch {
    // Storage may be forbidden by the browser; preferences are then simply not kept.
    return null;
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(prefix + name, value);
  } catch {
    // See recall.
  }
}
