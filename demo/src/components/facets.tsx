import type { Facet } from "../personalisation/listing.ts";
import { changeQuery } from "../router.ts";

const shownValues = 8;

/** Filters as the address bar holds them: `attribute:value`. */
function toggle(filters: readonly string[], filter: string): readonly string[] {
  return filters.includes(filter) ? filters.filter((one) => one !== filter) : [...filters, filter];
}

function escapeBar(value: string): string {
  return value.replace(/[\\|]/g, "\\$&");
}

function FacetGroup({ facet, filters }: { readonly facet: Facet; readonly filters: readonly string[] }) {
  const chosen = facet.values.filter(({ value }) => filters.includes(`${facet.code}:${escapeBar(value)}`)).length;
  return (
    <details
      className="facet"
      open={chosen > 0 || facet.code === "categories" || facet.code === "price" || facet.code === "color"}
    >
      <summary>
        {facet.label}
        {chosen > 0 && <span className="badge badge-inline">{chosen}</span>}
      </summary>
      <ul>
        {facet.values.slice(0, shownValues + chosen).map(({ value, label, count }) => {
          const filter = `${facet.code}:${escapeBar(value)}`;
          return (
            <li key={value}>
              <label>
                <input
                  type="checkbox"
                  checked={filters.includes(filter)}
                  onChange={() => changeQuery({ f: toggle(filters, filter), page: null })}
                />
                <span>{label}</span>
                <span className="facet-count">{count}</span>
              </label>
            </li>
          );
        })}
      </ul>
    </details>
  );
}

export function Facets({
  facets,
  filters,
}: {
  readonly facets: readonly Facet[];
  readonly filters: readonly string[];
}) {
  const visible = facets.filter(({ values }) => values.length > 0);
  if (visible.length === 0) return null;
  // On a phone the products come first: the filters wait behind their heading.
  const isWide = matchMedia("(min-width: 40.01rem)").matches;
  return (
    <details className="facets" open={isWide || filters.length > 0}>
      <summary className="facets-head">Filters</summary>
      {visible.map((facet) => (
        <FacetGroup key={facet.code} facet={facet} filters={filters} />
      ))}
    </details>
  );
}

/** The chosen filters as buttons that remove them. */
export function ChosenFilters({
  filters,
  facets,
}: {
  readonly filters: readonly string[];
  readonly facets: readonly Facet[];
}) {
  if (filters.length === 0) return null;
  const labelOf = (filter: string): string => {
    const [code = "", ...rest] = filter.split(":");
    const facet = facets.find((one) => one.code === code);
    const value = rest.join(":");
    return `${facet?.label ?? code}: ${facet?.values.find((one) => escapeBar(one.value) === value)?.label ?? value}`;
  };
  return (
    <ul className="chosen" aria-label="Chosen filters">
      {filters.map((filter) => (
        <li key={filter}>
          <button
            type="button"
            className="chip"
            onClick={() => changeQuery({ f: filters.filter((one) => one !== filter), page: null })}
          >
            {labelOf(filter)} <span aria-hidden="true">×</span>
            <span className="visually-hidden">remove</span>
          </button>
        </li>
      ))}
      <li>
        <button type="button" className="link-button" onClick={() => changeQuery({ f: null, page: null })}>
          Remove all
        </button>
      </li>
    </ul>
  );
}
