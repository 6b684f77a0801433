import { Text } from "@react-spectrum/s2";
import type { Suggestion } from "./use-suggestions.ts";

/** Under the name of a suggested value: the value itself, or how many have it. */
export function SuggestionNote({ suggestion: { id, text, note } }: { suggestion: Suggestion }) {
  const parts = [...(text === undefined ? [] : [id]), ...(note === undefined ? [] : [note])];
  return parts.length === 0 ? null : <Text slot="description">{parts.join(" · ")}</Text>;
}
