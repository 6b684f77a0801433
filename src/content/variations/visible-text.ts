import sanitizeHtml from "sanitize-html";

const entities: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
};
// Soft hyphens and zero-width characters are not seen, and would hide a word from a comparison.
const unseen = /[\u00ad\u200b-\u200f\u2060\ufeff]/g;

const plain = (markup: string) =>
  markup
    .replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? entity)
    .normalize("NFKC")
    .replace(unseen, "")
    .replace(/\s+/g, " ")
    .trim();

/** What a reader sees of a text with markup: words of different elements stay apart. */
export function visibleText(markup: string): string {
  return plain(sanitizeHtml(markup.replaceAll("<", " <"), { allowedTags: [], allowedAttributes: {} }));
}

/** As `visibleText`, with the parts of a word joined that elements divide: `fr<b>ee</b>` reads as free. */
export function joinedText(markup: string): string {
  return plain(sanitizeHtml(markup, { allowedTags: [], allowedAttributes: {} }));
}
