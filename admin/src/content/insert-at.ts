/** A text with another in place of what is selected in a field; without a field, at its end. */
export function insertAt(
  field: Pick<HTMLTextAreaElement, "selectionStart" | "selectionEnd"> | null | undefined,
  text: string,
  inserted: string,
): { readonly text: string; readonly caret: number } {
  const from = Math.min(field?.selectionStart ?? text.length, text.length);
  const to = Math.max(from, Math.min(field?.selectionEnd ?? from, text.length));
  return { text: text.slice(0, from) + inserted + text.slice(to), caret: from + inserted.length };
}
