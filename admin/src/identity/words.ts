/** Identity decisions in words: what happened, and by which rule. */
import { messages } from "../messages.data.ts";

const m = messages.identity;
const longestValue = 48;

export function namespaceName(namespace: string): string {
  const known = m.namespaces[namespace];
  if (known !== undefined) return known;
  const [kind = "", rest = ""] = split(namespace);
  if (kind === "customer_id") return m.sourceNumber(rest);
  if (kind === "push_token") return m.pushToken(rest);
  return namespace;
}

function split(namespace: string): readonly [string, string] {
  const at = namespace.indexOf(":");
  return at === -1 ? [namespace, ""] : [namespace.slice(0, at), namespace.slice(at + 1)];
}

/** Hashes and tokens, too long to read, by their beginning and end. */
export function shortValue(value: string): string {
  return value.length <= longestValue ? value : `${value.slice(0, 12)}…\u2060${value.slice(-6)}`;
}

export function actionName(action: string): string {
  return m.actions[action] ?? action;
}

/** Rules are written as the server names them; those with a kind of identifier in them are read apart. */
export function ruleName(rule: string): string {
  const known = m.rules[rule];
  if (known !== undefined) return known;
  const lower = (namespace: string) => {
    const name = namespaceName(namespace);
    return name.charAt(0).toLowerCase() + name.slice(1);
  };
  if (rule.startsWith("verified_")) return m.provenBy(lower(rule.slice("verified_".length)));
  if (rule.startsWith("claimed_")) return m.claimedBy(lower(rule.slice("claimed_".length)));
  if (rule.endsWith("_not_verified")) return m.notProven(lower(rule.slice(0, -"_not_verified".length)));
  return rule;
}
