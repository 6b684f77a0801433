import { links } from "../router.ts";
import type { Category } from "../types.ts";

export function Breadcrumbs({ trail, current }: { readonly trail: readonly Category[]; readonly current?: string }) {
  const parents = current === undefined ? trail.slice(0, -1) : trail;
  const last = current ?? trail.at(-1)?.name;
  return (
    <nav className="breadcrumbs" aria-label="You are here">
      <ol>
        <li>
          <a href={links.home}>Home</a>
        </li>
        {parents.map(({ path, name }) => (
          <li key={path}>
            <a href={links.category(path)}>{name}</a>
          </li>
        ))}
        {last !== undefined && <li aria-current="page">{last}</li>}
      </ol>
    </nav>
  );
}
