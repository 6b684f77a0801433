/** What a field of a record is called on the page. */
import { messages } from "../../messages.data.ts";

const m = messages.connectors;

export function targetLabel(path: string): string {
  const known = m.targets[path];
  if (known) return known;
  const at = path.lastIndexOf(".");
  const owner = m.addressOf[path.slice(0, at)];
  const part = m.addressParts[path.slice(at + 1)];
  if (owner && part) return `${owner}: ${part}`;
  const [first = "", ...rest] = path.split(".");
  return rest.length > 0 ? (m.ownNames[first]?.(rest.join(".")) ?? path) : path;
}
