import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { post } from "../api/client.ts";
import type { SideProps } from "../definitions/kind-page.ts";
import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { useStoreView } from "../shell/use-store-views.ts";
import { Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { body as bodyText, muted, plainList, stack, stackTight, strong } from "../ui/styles.ts";
import { useDebounced } from "../ui/use-debounced.ts";
import type { FacetBody } from "./facet-form.tsx";
import { QueryField } from "./view-fields.tsx";

const m = messages.merchandising.facet;
const typingMs = 300;

type Facet = {
  readonly attribute: string;
  readonly label: string;
  readonly buckets: readonly { readonly value: string; readonly label: string; readonly count: number }[];
};

/** The facet for a search as it is being edited; nobody is told of it. */
export function FacetSide({ body, definition }: SideProps<FacetBody>) {
  const [q, setQ] = useState("");
  const storeView = useStoreView();
  const id = definition?.id ?? "new";
  const request = useDebounced(
    JSON.stringify({
      subject: { kind: "search", q },
      facets: body.attribute,
      limit: 1,
      ...(storeView ? { storeView } : {}),
      preview: { draft: { kind: "facet", id, body } },
    }),
    typingMs,
  );
  const query = useQuery({
    queryKey: ["facet-preview", request],
    queryFn: ({ signal }) =>
      post<{ facets: readonly Facet[] }>("/v1/discovery/preview", JSON.parse(request), { signal }),
    enabled: body.attribute !== "",
    placeholderData: keepPreviousData,
    retry: false,
  });
  return (
    <Panel title={m.preview} description={m.previewText}>
      <div className={stack}>
        <QueryField value={q} onChange={setQ} />
        {body.attribute === "" ? null : <Loaded query={query}>{({ facets }) => <Shown facet={facets[0]} />}</Loaded>}
      </div>
    </Panel>
  );
}

function Shown({ facet }: { facet: Facet | undefined }) {
  if (!facet) return <p className={muted}>{m.noFacet}</p>;
  return (
    <div className={stackTight}>
      <span className={strong}>{facet.label}</span>
      <ul className={plainList}>
        {facet.buckets.map(({ value, label, count }) => (
          <li key={value} className={bodyText}>
            {m.choice(label, formatNumber(count))}
          </li>
        ))}
      </ul>
    </div>
  );
}
