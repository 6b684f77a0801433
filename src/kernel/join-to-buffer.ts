/**
 * Texts as the UTF-8 bytes of one, each written to its place. Joined as a text first, megabytes would be copied once more, on the
 * heap, where the garbage collector counts them.
 *
 * @param between ASCII; between every two texts
 * @param around ASCII; before the first text and after the last
 */
export function joinToBuffer(
  texts: readonly string[],
  between: string,
  around: readonly [before: string, after: string] = ["", ""],
): Buffer {
  const [before, after] = around;
  let length = before.length + after.length + Math.max(0, texts.length - 1) * between.length;
  for (const text of texts) length += Buffer.byteLength(text);
  const bytes = Buffer.allocUnsafe(length);
  const separator = Buffer.from(between, "latin1");
  let at = bytes.write(before, 0, "latin1");
  for (let index = 0; index < texts.length; index += 1) {
    if (index > 0) for (const byte of separator) bytes[at++] = byte;
    at += bytes.write(texts[index] ?? "", at);
  }
  bytes.write(after, at, "latin1");
  return bytes;
}
