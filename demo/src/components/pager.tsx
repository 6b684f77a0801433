import { usePlace } from "../router.ts";

/** Links to the other pages of a listing. */
export function Pager({ page, pageCount }: { readonly page: number; readonly pageCount: number }) {
  const { href } = usePlace();
  if (pageCount < 2) return null;
  const hrefOf = (target: number): string => {
    const url = new URL(href, location.origin);
    if (target === 1) url.searchParams.delete("page");
    else url.searchParams.set("page", String(target));
    return url.pathname + url.search;
  };
  const near = Array.from({ length: pageCount }, (_, index) => index + 1).filter(
    (one) => one === 1 || one === pageCount || Math.abs(one - page) < 3,
  );
  return (
    <nav className="pager" aria-label="Pages">
      {page > 1 && (
        <a href={hrefOf(page - 1)} rel="prev">
          Previous
        </a>
      )}
      {near.map((one, index) => (
        <span key={one}>
          {index > 0 && one - (near[index - 1] ?? 0) > 1 && <span aria-hidden="true">… </span>}
          <a href={hrefOf(one)} aria-current={one === page ? "page" : undefined} aria-label={`Page ${one}`}>
            {one}
          </a>
        </span>
      ))}
      {page < pageCount && (
        <a href={hrefOf(page + 1)} rel="next">
          Next
        </a>
      )}
    </nav>
  );
}
