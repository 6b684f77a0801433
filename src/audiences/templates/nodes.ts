/** Rule nodes, written shortly. */

type Node = Readonly<Record<string, unknown>>;

export function attribute(path: string, op: string, value?: unknown): Node {
  return { attribute: value === undefined ? { path, op } : { path, op, value } };
}

export function all(...children: readonly unknown[]): Node {
  return { all: children };
}

export function any(...children: readonly unknown[]): Node {
  return { any: children };
}

export function not(child: unknown): Node {
  return { not: child };
}

export function items(of: string, fields: Node): Node {
  return { items: { of, ...fields } };
}

export function event(name: string | readonly string[], fields: Node = {}): Node {
  return { event: { name, ...fields } };
}

export const registered: Node = attribute("profile.is_registered", "is_true");

/** Conditions on customers are false for visitors, negative ones too: the guard stands in front of the condition. */
export function ofCustomer(child: unknown): Node {
  return all(registered, child);
}

/** A key as one part of a path. */
export function pathKey(key: string): string {
  return key.replaceAll(".", "\\.");
}
