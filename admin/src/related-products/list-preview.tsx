import { ActionButton, Badge, Disclosure, DisclosurePanel, DisclosureTitle } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { ExplanationTree } from "../audiences/explanation-tree.tsx";
import { ProductImage } from "../catalog/product-image.tsx";
import { formatMoney, formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { type ChosenProfile, ProfileField } from "../profiles/profile-field.tsx";
import { PickedProducts } from "../recommendations/picked-products.tsx";
import { AppLink } from "../shell/navigation.tsx";
import { useStoreView } from "../shell/use-store-views.ts";
import { Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { muted, mutedXs, plainList, row, stack, stackTight, strong } from "../ui/styles.ts";
import { useDebounced } from "../ui/use-debounced.ts";
import type { ConsideredRule, ExplainedItem, ListedItem, PreviewedList } from "./shapes.ts";
import { useListPreview } from "./use-related.ts";

const m = messages.related;
const item = style({ display: "flex", gap: 12, alignItems: "start", minWidth: 0 });
const texts = style({
  display: "flex",
  flexDirection: "column",
  gap: 4,
  flexGrow: 1,
  minWidth: 0,
  font: "body-sm",
  color: "body",
});

type Props = {
  /** Name of a list, or the key of a live one. */
  list: string;
  /** It is about a cart, not about one product. */
  isCart: boolean;
  limit?: number | undefined;
  note?: string | undefined;
};

/** A list for chosen products and a chosen customer: links, candidates by rule, and what is shown. */
export function ListPreview({ list, isCart, limit, note }: Props) {
  const [profile, setProfile] = useState<ChosenProfile | null>(null);
  const [skus, setSkus] = useState<readonly string[]>([]);
  const [draw, setDraw] = useState(1);
  const storeView = useStoreView();
  const request = useDebounced(
    JSON.stringify({
      list,
      items: skus,
      explain: true,
      preview: { seed: `draw ${draw}` },
      ...(limit === undefined ? {} : { limit }),
      ...(storeView === undefined ? {} : { context: { storeView } }),
      ...(profile ? { identity: { profileId: profile.id } } : {}),
    }),
    300,
  );
  const isChosen = skus.length > 0 || (isCart && profile !== null);
  return (
    <Panel
      title={m.preview}
      description={m.previewText}
      aside={
        isChosen ? (
          <ActionButton size="S" isQuiet onPress={() => setDraw(draw + 1)}>
            {m.again}
          </ActionButton>
        ) : null
      }
    >
      {note === undefined ? null : <p className={muted}>{note}</p>}
      <div className={stack}>
        <ProfileField value={profile} onChange={setProfile} />
        <PickedProducts label={isCart ? m.cart : m.page} addLabel={m.add} values={skus} onChange={setSkus} />
        {isChosen ? <Preview request={request} /> : <p className={muted}>{m.choose}</p>}
      </div>
    </Panel>
  );
}

function Preview({ request }: { request: string }) {
  const query = useListPreview(request);
  return <Loaded query={query}>{(previewed) => <Result previewed={previewed} />}</Loaded>;
}

function Result({ previewed: { items, explain } }: { previewed: PreviewedList }) {
  const nameOf = (id: string | null) => explain.rules.find((rule) => rule.id === id)?.name ?? null;
  return (
    <>
      <h3 className={strong}>{m.shown}</h3>
      {items.length === 0 ? <p className={muted}>{m.nothing}</p> : null}
      <ol className={plainList}>
        {items.map((each) => (
          <Item
            key={each.sku}
            product={each}
            rule={nameOf(each.ruleId)}
            explained={explain.items.find(({ sku }) => sku === each.sku)}
          />
        ))}
      </ol>
      <Considered rules={explain.rules} candidates={explain.candidates} />
    </>
  );
}

type ItemProps = { product: ListedItem; rule: string | null; explained: ExplainedItem | undefined };

function Item({ product, rule, explained }: ItemProps) {
  const { sku, name, source, reasons = [] } = product;
  return (
    <li className={item}>
      <ProductImage src={product.image} alt="" />
      <div className={texts}>
        <AppLink to={`/catalog/${encodeURIComponent(sku)}`}>{name ?? sku}</AppLink>
        <span className={row}>
          {formatMoney(product.finalPrice ?? product.price)}
          <Badge size="S" variant={source === "linked" ? "positive" : "informative"}>
            {m.sources[source]}
          </Badge>
        </span>
        {rule === null ? null : <span className={mutedXs}>{m.byRule(rule)}</span>}
        {reasons.map(({ code, text }) => (
          <span key={code} className={mutedXs}>
            {text ?? code}
          </span>
        ))}
        {explained?.match === undefined ? null : <Why explained={explained} />}
      </div>
    </li>
  );
}

/** Both trees of the rule, for the product that it matched and the one that it shows. */
function Why({ explained }: { explained: ExplainedItem }) {
  return (
    <Disclosure size="S" isQuiet>
      <DisclosureTitle level={4}>{m.why}</DisclosureTitle>
      <DisclosurePanel>
        <div className={stackTight}>
          <p className={mutedXs}>{m.matchedPart(explained.matched)}</p>
          <ExplanationTree answer={explained.match} />
          <p className={mutedXs}>{m.displayPart(explained.sku)}</p>
          <ExplanationTree answer={explained.display} />
        </div>
      </DisclosurePanel>
    </Disclosure>
  );
}

/** What became of each live rule of the list, in their order. */
function Considered({ rules, candidates }: { rules: readonly ConsideredRule[]; candidates: number }) {
  if (rules.length === 0) return <p className={muted}>{m.noRules}</p>;
  return (
    <section className={stackTight} aria-label={m.considered(formatNumber(candidates))}>
      <h3 className={strong}>{m.considered(formatNumber(candidates))}</h3>
      <ol className={plainList}>
        {rules.map(({ id, name, priority, outcome, text, candidates: own }) => (
          <li key={id} className={texts}>
            <span className={row}>
              <AppLink to={`/related-rules/${id}`}>{name}</AppLink>
              <Badge size="S" variant={outcome === "used" ? "positive" : "neutral"}>
                {m.outcomes[outcome]}
              </Badge>
            </span>
            <span className={mutedXs}>{text}</span>
            <span className={mutedXs}>{m.ruleLine(formatNumber(priority), formatNumber(own))}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
