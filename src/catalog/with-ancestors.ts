/** Category paths and all above them, each once: `a/b` is in `a` as well. */
export function withAncestors(...lists: readonly (readonly string[])[]): ReadonlySet<string> {
  const all = new Set<string>();
  for (const paths of lists)
    for (const path of paths)
      for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) all.add(path.slice(0, end));
  return all;
}
