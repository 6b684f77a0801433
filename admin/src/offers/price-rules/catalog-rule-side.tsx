import { TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { ProductField } from "../../catalog/product-field.tsx";
import type { SideProps } from "../../definitions/kind-page.ts";
import { formatMoney, formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { AppLink } from "../../shell/navigation.tsx";
import { useStoreView } from "../../shell/use-store-views.ts";
import { Panel } from "../../ui/page.tsx";
import { Loading } from "../../ui/states.tsx";
import { body as bodyText, muted, mutedXs, plainList, stackTight } from "../../ui/styles.ts";
import { useDebounced } from "../../ui/use-debounced.ts";
import { NoSubmit } from "./no-submit.tsx";
import { PriceWhy } from "./price-why.tsx";
import { newRuleKey } from "./sample-cart.ts";
import type { CatalogRuleBody, CatalogTrial, PricedProduct } from "./shapes.ts";
import { TrialProblem } from "./trial-problem.tsx";
import { useCatalogTrial } from "./use-trials.ts";

const m = messages.priceRules.catalog;
const wide = style({ width: "full" });
const delayMs = 500;
const shownProducts = 20;

/** Products with their prices before and after, the rules that the draft meets there, and why one of them costs what it costs. */
export function CatalogRuleSide({ body, scope, definition }: SideProps<CatalogRuleBody>) {
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState("");
  const [sku, setSku] = useState<string | null>(null);
  const storeView = useStoreView();
  const key = definition?.key ?? newRuleKey;
  const draft = { key, name: definition?.name ?? messages.priceRules.thisKind, body, storeViews: scope.storeViews };
  // A rule for some groups is looked at by the first of them.
  const group = typed.trim() || body.customerGroups?.[0];
  const atMs = at === "" ? Number.NaN : Date.parse(at);
  const request = {
    draft,
    limit: shownProducts,
    ...(group === undefined ? {} : { group }),
    ...(storeView === undefined ? {} : { storeView }),
    ...(Number.isNaN(atMs) ? {} : { at: new Date(atMs).toISOString() }),
    ...(sku === null ? {} : { sku }),
  };
  const query = useCatalogTrial(useDebounced(JSON.stringify(request), delayMs));
  return (
    <>
      <Panel title={m.trial} description={m.trialText}>
        <NoSubmit>
          <TextField
            label={m.group}
            description={m.groupText}
            size="S"
            styles={wide}
            value={typed}
            placeholder={body.customerGroups?.[0] ?? ""}
            onChange={setTyped}
          />
          <TextField
            label={m.at}
            description={messages.priceRules.trial.atText}
            type="datetime-local"
            size="S"
            styles={wide}
            value={at}
            onChange={setAt}
          />
        </NoSubmit>
        {query.error ? (
          <TrialProblem error={query.error} />
        ) : query.data === undefined ? (
          <Loading />
        ) : (
          <Changes trial={query.data} />
        )}
      </Panel>
      <Panel title={m.why} description={m.whyText}>
        <NoSubmit>
          <ProductField value={sku} onChange={setSku} />
        </NoSubmit>
        {query.data?.asked ? <PriceWhy asked={query.data.asked} ownKey={key} /> : null}
      </Panel>
    </>
  );
}

function Changes({ trial }: { trial: CatalogTrial }) {
  const { idle, reached, looked, items, meetings, compared } = trial;
  return (
    <>
      <p className={bodyText} role="status">
        {m.reached(formatNumber(reached), formatNumber(looked))}
      </p>
      {idle ? <p className={bodyText}>{m.idle(idle.text)}</p> : null}
      {reached === 0 ? <p className={muted}>{m.none}</p> : null}
      {items.length < reached ? <p className={mutedXs}>{m.first(formatNumber(items.length))}</p> : null}
      <ul className={plainList} aria-label={m.trial}>
        {items.map((item) => (
          <li key={item.sku} className={stackTight}>
            <AppLink to={`/catalog/${encodeURIComponent(item.sku)}`}>{item.name || item.sku}</AppLink>
            {/* Variants of one product have one name. */}
            {item.name && item.name !== item.sku ? <span className={mutedXs}>{item.sku}</span> : null}
            <span className={bodyText}>{priceText(item)}</span>
          </li>
        ))}
      </ul>
      {meetings.length === 0 ? null : (
        <section className={stackTight} aria-label={m.meetings}>
          <p className={muted}>{m.meetings}</p>
          <ul className={plainList}>
            {meetings.map(({ rule, name, priority, products, examples, isEarlier, isStopped }) => (
              <li key={rule} className={stackTight}>
                <AppLink to={`/catalog-price-rules/${rule}`}>{name}</AppLink>
                <span className={bodyText}>
                  {isStopped ? (isEarlier ? m.discardsThis : m.discardsIt) : isEarlier ? m.runsBefore : m.runsAfter}
                </span>
                <span className={mutedXs}>
                  {messages.priceRules.reach.priority(formatNumber(priority))} ·{" "}
                  {messages.priceRules.reach.shared(formatNumber(products), examples.join(", "))}
                </span>
              </li>
            ))}
          </ul>
          {compared < reached ? <p className={mutedXs}>{m.compared(formatNumber(compared))}</p> : null}
        </section>
      )}
    </>
  );
}

function priceText({ before, after, isChanged }: PricedProduct): string {
  if (!after) return m.noPrice;
  return isChanged ? m.price(formatMoney(before), formatMoney(after)) : m.same(formatMoney(after));
}
