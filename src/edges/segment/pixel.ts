// The pixel: a message in the query of an image, for mails and pages without scripts.
import { isObject } from "../../kernel/index.ts";

/** One transparent pixel. */
export const pixelGif = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");

const maxParameters = 200;
const maxDepth = 6;
const objectFields = ["properties", "context", "traits"] as const;
const reserved = new Set(["__proto__", "constructor", "prototype"]);

type Tree = { [key: string]: Tree | string };

/** `properties[products][0][sku]` and `properties.products.0.sku` → its steps; undefined for a name that is no path. */
function stepsOf(name: string): readonly string[] | undefined {
  const steps = name.replaceAll("]", "").split(/[[.]/);
  const isPath = steps.length <= maxDepth && steps.every((step) => step !== "" && !reserved.has(step));
  return isPath ? steps : undefined;
}

function insert(tree: Tree, steps: readonly string[], value: string): void {
  let node = tree;
  for (const step of steps.slice(0, -1)) {
    const next = Object.hasOwn(node, step) ? node[step] : undefined;
    if (typeof next === "object") node = next;
    else {
      const made: Tree = {};
      node[step] = made;
      node = made;
    }
  }
  const last = steps.at(-1);
  if (last !== undefined) node[last] = value;
}

/** Objects whose keys count from 0 are lists. */
function withLists(node: Tree | string): unknown {
  if (typeof node === "string") return node;
  const entries = Object.entries(node);
  const isList = entries.length > 0 && entries.every(([key], index) => key === String(index));
  if (isList) return entries.map(([, value]) => withLists(value));
  return Object.fromEntries(entries.map(([key, value]) => [key, withLists(value)]));
}

function parseObject(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : text;
  } catch {
    return text; // no JSON: kept as text
  }
}

/**
 * The message in the query of a pixel.
 *
 * Nested fields are written `properties[price]=12.50` or `properties.price=12.50`; `properties` may also be JSON.
 *
 * @param referrer page that holds the image, as the browser says
 */
export function pixelUnit(
  query: unknown,
  type: "track" | "page",
  referrer: string | undefined,
): Record<string, unknown> {
  const tree: Tree = {};
  for (const [name, value] of Object.entries(isObject(query) ? query : {}).slice(0, maxParameters)) {
    const text: unknown = Array.isArray(value) ? value[0] : value;
    const steps = stepsOf(name);
    if (steps && typeof text === "string") insert(tree, steps, text);
  }
  const message = Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, withLists(value)]));
  for (const field of objectFields) {
    const text = message[field];
    if (typeof text === "string") message[field] = parseObject(text);
  }
  const context = isObject(message["context"]) ? message["context"] : {};
  const page = referrer === undefined || context["page"] !== undefined ? {} : { page: { url: referrer } };
  return { ...message, type, context: { ...context, ...page } };
}
