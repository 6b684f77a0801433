/** Escaped text in which Clientele marked the words that were found with `<em>…</em>`; everything else stays text. */
export function MarkedText({ text }: { readonly text: string }) {
  const parts = text.split(/<em>(.*?)<\/em>/);
  return parts.map((part, index) => {
    const plain = part
      .replace(/&lt;/g, "<")
      .replace(/&gt;/g, ">")
      .replace(/&quot;/g, '"')
      .replace(/&#39;/g, "'")
      .replace(/&amp;/g, "&");
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text never move
    return index % 2 === 1 ? <mark key={index}>{plain}</mark> : plain;
  });
}
