import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { get, type Params } from "../api/client.ts";
import { readPages } from "../api/read-pages.ts";
import type { Page } from "../api/shapes.ts";
import { useUrlState } from "../shell/navigation.tsx";
import { download, toCsv } from "./csv.ts";
import type { Column } from "./data-table.tsx";
import { recall, remember } from "./remember.ts";
import { showError } from "./toasts.ts";
import { useDebounced } from "./use-debounced.ts";

const pageSize = 50;
/** Up to 10,000 rows: more than that belongs in an export job, not in a browser. */
const exported = { pageSize: 200, maxPages: 50 } as const;
/** Cursors are opaque, but never hold this sign (base64url and identifiers do not). */
const trailSign = "~";

type Request<Row> = {
  id: string;
  path: string;
  params: Params | undefined;
  columns: readonly Column<Row>[];
  searchParam: string | undefined;
  statusAtFirst: string | undefined;
};

export type ListState<Row> = ReturnType<typeof useList<Row>>;

/**
 * Reads one page of a list. Search, status, sort and place are in the address; the trail of cursors is kept
 * there too, because the server only knows the way forward.
 */
export function useList<Row>(request: Request<Row>) {
  const [url, change] = useUrlState();
  const [search, setSearch] = useState(url["q"] ?? "");
  const settledSearch = useDebounced(search, 250);
  useEffect(() => {
    if (settledSearch !== (url["q"] ?? "")) change({ q: settledSearch, at: null });
  }, [settledSearch, url, change]);

  const [visible, setVisibleState] = useState(() => recallVisible(request));
  const trail = (url["at"] ?? "").split(trailSign).filter((cursor) => cursor !== "");
  const sort = url["sort"] ?? recall(`${request.id}.sort`) ?? undefined;
  const statusAtFirst = request.statusAtFirst ?? "any";
  const status = url["status"] ?? statusAtFirst;
  const params: Params = {
    ...request.params,
    [request.searchParam ?? "search"]: settledSearch,
    status: status === "any" ? undefined : status,
    sort,
  };
  const query = useQuery({
    queryKey: ["list", request.path, params, trail.at(-1) ?? ""],
    queryFn: ({ signal }) =>
      get<Page<Row>>(request.path, { ...params, limit: pageSize, cursor: trail.at(-1) }, { signal }),
    placeholderData: keepPreviousData,
  });
  const [isExporting, setExporting] = useState(false);
  const visibleColumns = request.columns.filter((column) => visible.has(column.key));
  const nextCursor = query.data?.nextCursor;
  return {
    search,
    setSearch,
    status,
    setStatus: (key: string) => change({ status: key === statusAtFirst ? null : key, at: null }),
    sort,
    setSort: (next: string) => {
      remember(`${request.id}.sort`, next);
      change({ sort: next, at: null });
    },
    visible,
    visibleColumns,
    setVisible: (keys: ReadonlySet<string>) => {
      remember(`${request.id}.columns`, [...keys].join(","));
      setVisibleState(keys);
    },
    rows: query.data?.items ?? [],
    error: query.error,
    retry: () => void query.refetch(),
    isLoading: query.isPending,
    isStale: query.isPlaceholderData,
    isFiltered: settledSearch !== "" || status !== statusAtFirst || Object.values(request.params ?? {}).some(Boolean),
    pageNumber: trail.length + 1,
    next: nextCursor ? () => change({ at: [...trail, nextCursor].join(trailSign) }) : null,
    previous: trail.length > 0 ? () => change({ at: trail.slice(0, -1).join(trailSign) || null }) : null,
    isExporting,
    exportCsv: async () => {
      setExporting(true);
      try {
        const rows = await readPages<Row>(request.path, params, exported);
        const lines = rows.map((entry) => visibleColumns.map((column) => column.text(entry)));
        download(
          `${request.id}.csv`,
          toCsv(
            visibleColumns.map((column) => column.label),
            lines,
          ),
        );
      } catch (error) {
        showError(error);
      } finally {
        setExporting(false);
      }
    },
  };
}

function recallVisible<Row>(request: Request<Row>): ReadonlySet<string> {
  const known = new Set(request.columns.map((column) => column.key));
  const stored = recall(`${request.id}.columns`)
    ?.split(",")
    .filter((key) => known.has(key));
  const first = request.columns[0]?.key ?? "";
  if (stored) return new Set([first, ...stored]);
  return new Set(request.columns.filter((column) => !column.isHiddenAtFirst).map((column) => column.key));
}
