import { Disclosure, DisclosurePanel, DisclosureTitle } from "@react-spectrum/s2";
import { useState } from "react";
import { CategoryField } from "../catalog/category-field.tsx";
import { ProductField } from "../catalog/product-field.tsx";
import type { SideProps } from "../definitions/kind-page.ts";
import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { type ChosenProfile, ProfileField } from "../profiles/profile-field.tsx";
import { AppLink } from "../shell/navigation.tsx";
import { Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { muted, mutedXs, plainList, stack } from "../ui/styles.ts";
import { useDebounced } from "../ui/use-debounced.ts";
import { completeFilters } from "./filters.ts";
import { PickedProducts } from "./picked-products.tsx";
import { PreviewedProducts } from "./previewed-products.tsx";
import { ReadinessPanel } from "./readiness-panel.tsx";
import type { LeftOut } from "./shapes.ts";
import { needsProduct, strategyTexts } from "./strategies.ts";
import type { UnitBody } from "./unit-kind.tsx";
import { usePreview } from "./use-units.ts";

const m = messages.units;
const cartPages: ReadonlySet<string> = new Set(["Cart", "Checkout"]);
const shownLeftOut = 20;

type Situation = {
  readonly profile: ChosenProfile | null;
  readonly sku: string | null;
  readonly cart: readonly string[];
  readonly category: string | null;
};

/** The unit with real products: for a chosen customer, on a chosen page. */
export function UnitSide({ body }: SideProps<UnitBody>) {
  const [situation, setSituation] = useState<Situation>({ profile: null, sku: null, cart: [], category: null });
  const set = (patch: Partial<Situation>) => setSituation({ ...situation, ...patch });
  const isCart = cartPages.has(body.pageType ?? "");
  const items = isCart ? situation.cart : situation.sku ? [situation.sku] : [];
  return (
    <>
      <Panel title={m.preview} description={m.previewText}>
        <div className={stack}>
          <ProfileField value={situation.profile} onChange={(profile) => set({ profile })} />
          {isCart ? (
            <PickedProducts
              label={m.previewCart}
              addLabel={m.filters.addSku}
              values={situation.cart}
              onChange={(cart) => set({ cart })}
            />
          ) : (
            <ProductField value={situation.sku} onChange={(sku) => set({ sku })} />
          )}
          {body.pageType === "Category" ? (
            <CategoryField value={situation.category} isReadOnly={false} onChange={(category) => set({ category })} />
          ) : null}
          {needsProduct(body.strategy) && items.length === 0 && !(isCart && situation.profile) ? (
            <p className={muted}>{m.needsProduct}</p>
          ) : (
            <Result body={body} situation={situation} items={items} />
          )}
        </div>
      </Panel>
      <ReadinessPanel name={body.strategy} text={m.readiness.strategyText} />
    </>
  );
}

type ResultProps = { body: UnitBody; situation: Situation; items: readonly string[] };

/** What is not filled in yet must not keep the preview from showing the rest. */
function draftOf(body: UnitBody): UnitBody {
  const { rule: _rule, filters, ...others } = body;
  return {
    ...others,
    placement: "preview",
    label: body.label.trim() === "" ? m.preview : body.label,
    ...(filters ? { filters: completeFilters(filters) } : {}),
  };
}

function Result({ body, situation, items }: ResultProps) {
  const request = useDebounced(
    JSON.stringify({
      draft: draftOf(body),
      explain: true,
      ...(items.length > 0 ? { items } : {}),
      ...(situation.category ? { context: { categoryPath: situation.category } } : {}),
      ...(situation.profile ? { identity: { profileId: situation.profile.id } } : {}),
    }),
    400,
  );
  const query = usePreview(request);
  return (
    <Loaded query={query}>
      {({ items: shown, strategyUsed, trained, leftOut = [] }) => {
        const backup = shown.filter(({ isFallback }) => isFallback).length;
        return (
          <>
            <p className={muted}>{m.usedStrategy(strategyTexts(strategyUsed).label)}</p>
            {trained ? null : <p className={muted}>{m.untrained}</p>}
            {shown.length === 0 ? (
              <p className={muted}>{m.nothing}</p>
            ) : (
              <p className={muted}>{m.counts(formatNumber(shown.length - backup), formatNumber(backup))}</p>
            )}
            <PreviewedProducts items={shown} />
            {leftOut.length > 0 ? <LeftOutList leftOut={leftOut} /> : null}
          </>
        );
      }}
    </Loaded>
  );
}

function LeftOutList({ leftOut }: { leftOut: readonly LeftOut[] }) {
  return (
    <Disclosure size="S" isQuiet>
      <DisclosureTitle level={3}>{m.leftOut(formatNumber(leftOut.length))}</DisclosureTitle>
      <DisclosurePanel>
        <p className={mutedXs}>{m.leftOutText}</p>
        <ul className={plainList}>
          {leftOut.slice(0, shownLeftOut).map(({ sku, strategy, because }) => (
            <li key={`${strategy} ${sku}`}>
              <AppLink to={`/catalog/${encodeURIComponent(sku)}`}>{sku}</AppLink>
              <div className={mutedXs}>
                {because.text ?? because.code} · {strategyTexts(strategy).label}
              </div>
            </li>
          ))}
        </ul>
      </DisclosurePanel>
    </Disclosure>
  );
}
