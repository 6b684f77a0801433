import { useState } from "react";
import { ProductName } from "../catalog/product-name.tsx";
import type { SideProps } from "../definitions/kind-page.ts";
import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { PickedProducts } from "../recommendations/picked-products.tsx";
import { Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { body as bodyText, muted, plainList, stack, stackTight, strong } from "../ui/styles.ts";
import { useDebounced } from "../ui/use-debounced.ts";
import { ListPreview } from "./list-preview.tsx";
import type { RelatedRuleBody, Trial } from "./shapes.ts";
import { useTrial } from "./use-related.ts";

const m = messages.related;
const shownExamples = 5;

/** What the rule in the form would do, and what the list shows now. */
export function RelatedRuleSide({ body }: SideProps<RelatedRuleBody>) {
  const [skus, setSkus] = useState<readonly string[]>([]);
  const { match, display, resultLimit } = body;
  const request = useDebounced(
    JSON.stringify({ match, display, resultLimit, ...(skus.length > 0 ? { items: skus } : {}) }),
    400,
  );
  const query = useTrial(request);
  return (
    <>
      <Panel title={m.trial} description={m.trialText}>
        <div className={stack}>
          <PickedProducts label={m.tryOn} addLabel={m.tryAdd} values={skus} onChange={setSkus} />
          {skus.length === 0 ? <p className={muted}>{m.tryNone}</p> : null}
          <Loaded query={query}>{(trial) => <TrialResult trial={trial} />}</Loaded>
        </div>
      </Panel>
      <ListPreview list={body.applyTo} isCart={body.applyTo === "crosssell"} />
    </>
  );
}

function TrialResult({ trial }: { trial: Trial }) {
  const { matching, examples, displayed } = trial;
  return (
    <div className={stack}>
      <p className={bodyText} role="status">
        {m.matching(formatNumber(matching))}
        {examples.length > 0 ? ` ${m.examples(examples.slice(0, shownExamples).join(", "))}` : ""}
      </p>
      {displayed.map(({ sku, isMatched, items }) => (
        <section key={sku} className={stackTight} aria-label={m.beside(sku)}>
          <h3 className={strong}>{m.beside(sku)}</h3>
          {isMatched ? null : <p className={muted}>{m.notMatched}</p>}
          {isMatched && items.length === 0 ? <p className={muted}>{m.displaysNothing}</p> : null}
          <ol className={plainList}>
            {items.map((item) => (
              <li key={item}>
                <ProductName sku={item} />
              </li>
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}
