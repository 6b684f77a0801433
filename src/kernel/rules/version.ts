/**
 * A version as text that compares by code units: leading `v` and build metadata dropped, split at `.` and `-`, the part
 * `~` appended to a plain release so that it sorts behind its own pre-releases, numeric parts padded to five places.
 */
export function versionKey(version: string): string {
  const plain = version.replace(/^v/, "").replace(/\+.*$/, "");
  const parts = plain.split(/[-.]/);
  if (parts.length === 3) parts.push("~");
  return parts.map((part) => (/^\d+$/.test(part) ? part.padStart(5, " ") : part)).join("-");
}
