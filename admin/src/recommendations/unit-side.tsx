import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { post } from "../api/client.ts";
import type { RecommendedItem } from "../api/shapes.ts";
import { ProductField } from "../catalog/product-field.tsx";
import type { SideProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { type ChosenProfile, ProfileField } from "../profiles/profile-field.tsx";
import { Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { muted, stack } from "../ui/styles.ts";
import { useDebounced } from "../ui/use-debounced.ts";
import { ProductStrip } from "./product-strip.tsx";
import { strategyTexts } from "./unit-form.tsx";
import { needsProduct, type UnitBody } from "./unit-kind.tsx";

const m = messages.units;

type Answer = {
  readonly items: readonly RecommendedItem[];
  readonly strategyUsed: string;
  /** Whether the strategy has seen enough to answer by itself. */
  readonly trained: boolean;
};

/** The strategy with real products: for a chosen customer, and from a chosen product where it needs one. */
export function UnitSide({ body }: SideProps<UnitBody>) {
  const [profile, setProfile] = useState<ChosenProfile | null>(null);
  const [sku, setSku] = useState<string | null>(null);
  return (
    <Panel title={m.preview} description={m.previewText}>
      <div className={stack}>
        <ProfileField value={profile} onChange={setProfile} />
        {needsProduct.has(body.strategy) ? <ProductField value={sku} onChange={setSku} /> : null}
        {needsProduct.has(body.strategy) && !sku ? (
          <p className={muted}>{m.needsProduct}</p>
        ) : (
          <Result body={body} profileId={profile?.id ?? null} sku={sku} />
        )}
      </div>
    </Panel>
  );
}

function Result({ body, profileId, sku }: { body: UnitBody; profileId: string | null; sku: string | null }) {
  const request = useDebounced(
    JSON.stringify({
      preview: true,
      strategy: body.strategy,
      limit: body.limit,
      ...(sku ? { items: [sku] } : {}),
      ...(body.category ? { context: { categoryPath: body.category } } : {}),
      ...(profileId ? { identity: { profileId } } : {}),
    }),
    400,
  );
  const query = useQuery({
    queryKey: ["recommendations", request],
    queryFn: ({ signal }) => post<Answer>("/v1/recommendations", JSON.parse(request), { signal }),
    retry: false,
  });
  return (
    <Loaded query={query}>
      {(data) => (
        <>
          <p className={muted}>{m.usedStrategy(strategyTexts(data.strategyUsed).label)}</p>
          {data.trained ? null : <p className={muted}>{m.untrained}</p>}
          <ProductStrip items={data.items} />
        </>
      )}
    </Loaded>
  );
}
