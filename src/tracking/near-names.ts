/** Edits that turn one text into another: insert, delete, replace (Levenshtein 1966). Stops counting above `limit`. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    let best = i;
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const value = Math.min(replaced, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      row.push(value);
      best = Math.min(best, value);
    }
    if (best > limit) return limit + 1;
    previous = row;
  }
  return Math.min(previous[b.length] ?? 0, limit + 1);
}

const maxNameLength = 60;

/** What is compared: neither letter case nor separators make another name. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** Known names that somebody may have meant, nearest first, at most 3. */
export function nearNames(name: string, known: readonly string[]): readonly string[] {
  if (name.length > maxNameLength) return [];
  const wanted = plain(name);
  const limit = wanted.length < 6 ? 1 : 3;
  return known
    .map((candidate) => ({ candidate, distance: editDistance(wanted, plain(candidate), limit) }))
    .filter(({ candidate, distance }) => distance <= limit && candidate !== name)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}
