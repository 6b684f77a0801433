import { Button } from "@react-spectrum/s2";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { get } from "../api/client.ts";
import type { SideProps } from "../definitions/kind-page.ts";
import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { useStoreView } from "../shell/use-store-views.ts";
import { Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { body as bodyText, muted, plainList, row, stack, stackTight, strong } from "../ui/styles.ts";
import type { FacetBody } from "./facet-form.tsx";
import { QueryField } from "./view-fields.tsx";

const m = messages.merchandising.facet;

type Facet = {
  readonly attribute: string;
  readonly label: string;
  readonly buckets: readonly { readonly value: string; readonly label: string; readonly count: number }[];
};

/** The facet for a search, as shoppers have it now. On demand: the shop's own answer is asked, which is counted as one. */
export function FacetSide({ body: { attribute } }: SideProps<FacetBody>) {
  const [typed, setTyped] = useState("");
  const [asked, setAsked] = useState<{ readonly q: string; readonly attribute: string } | null>(null);
  const storeView = useStoreView();
  const query = useQuery({
    queryKey: ["facet-preview", asked, storeView],
    queryFn: ({ signal }) =>
      get<{ facets: readonly Facet[] }>(
        "/v1/search",
        { q: asked?.q ?? "", facets: asked?.attribute, limit: 1, storeView },
        { signal },
      ),
    enabled: asked !== null,
    retry: false,
  });
  return (
    <Panel title={m.preview} description={m.previewText}>
      <div className={stack}>
        <QueryField value={typed} onChange={setTyped} />
        <div className={row}>
          <Button variant="secondary" isDisabled={attribute === ""} onPress={() => setAsked({ q: typed, attribute })}>
            {messages.merchandising.tester.show}
          </Button>
        </div>
        {asked === null ? null : <Loaded query={query}>{({ facets }) => <Shown facet={facets[0]} />}</Loaded>}
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
