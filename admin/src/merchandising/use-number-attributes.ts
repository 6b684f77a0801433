import { useAttributes } from "../audiences/use-attributes.ts";
import { messages } from "../messages.data.ts";

const ordered = new Set(["number", "money", "date", "instant"]);

export type AttributeChoice = { readonly id: string; readonly label: string };

/** Attributes of products that have an order: numbers, money, dates, and the margin that rules know. */
export function useNumberAttributes(): readonly AttributeChoice[] {
  const attributes = useAttributes().data ?? [];
  const known = attributes.flatMap(({ path, type, label }) => {
    const [subject, code = "", ...rest] = path.split(".");
    return subject === "product" && rest.length === 0 && ordered.has(type) ? [{ id: code, label }] : [];
  });
  const margin = { id: "margin", label: messages.merchandising.ranking.margin };
  return known.some(({ id }) => id === margin.id) ? known : [margin, ...known];
}
