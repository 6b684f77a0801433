import { Badge } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { ProductImage } from "../catalog/product-image.tsx";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { body, muted, plainList, stackTight, strong } from "../ui/styles.ts";
import { EffectBadges, ProductFacts } from "./product-facts.tsx";
import type { ListItem } from "./shapes.ts";

const m = messages.merchandising.products;
/** Beside each other on a tablet too: what moved is seen at one glance. */
const sides = style({
  display: "grid",
  gridTemplateColumns: { default: "minmax(0, 1fr)", sm: "minmax(0, 1fr) minmax(0, 1fr)" },
  gap: 16,
  alignItems: "start",
});
const productRow = style({ display: "flex", gap: 12, alignItems: "start", minWidth: 0, minHeight: 72 });
const texts = style({ display: "flex", flexDirection: "column", gap: 4, minWidth: 0 });
const number = style({ font: "ui-sm", color: "neutral-subdued", width: 24, flexShrink: 0, textAlign: "end" });

type Props = { before: readonly ListItem[]; after: readonly ListItem[]; ownId: string };

/** The list without any rule beside the list with the draft, and how far each product moved. */
export function CompareLists({ before, after, ownId }: Props) {
  const placeBefore = new Map(before.map(({ sku }, index) => [sku, index]));
  const placeAfter = new Map(after.map(({ sku }, index) => [sku, index]));
  const gone = before.filter(({ sku }) => !placeAfter.has(sku)).length;
  return (
    <div className={sides}>
      <section className={stackTight} aria-label={m.before}>
        <span className={strong}>{m.before}</span>
        {gone > 0 ? <p className={muted}>{m.gone(gone)}</p> : null}
        <ol className={plainList}>
          {before.map((item, index) => (
            <Row key={item.sku} item={item} place={index + 1} ownId={null}>
              {placeAfter.has(item.sku) ? null : (
                <Badge size="S" variant="negative" fillStyle="subtle">
                  {m.isGone}
                </Badge>
              )}
            </Row>
          ))}
        </ol>
      </section>
      <section className={stackTight} aria-label={m.after}>
        <span className={strong}>{m.after}</span>
        {after.length === 0 ? <p className={muted}>{m.nothing}</p> : null}
        <ol className={plainList}>
          {after.map((item, index) => (
            <Row key={item.sku} item={item} place={index + 1} ownId={ownId}>
              <span className={body}>{movedText(placeBefore.get(item.sku), index)}</span>
            </Row>
          ))}
        </ol>
      </section>
    </div>
  );
}

function movedText(before: number | undefined, now: number): string {
  if (before === undefined) return m.moved.new;
  if (before === now) return m.moved.same;
  return before > now ? m.moved.up(before - now) : m.moved.down(now - before);
}

type RowProps = { item: ListItem; place: number; ownId: string | null; children: React.ReactNode };

/** A product in a plain list, with what is to be said of its place. */
function Row({ item, place, ownId, children }: RowProps) {
  return (
    <li className={productRow}>
      <span className={number}>{place}</span>
      <ProductImage src={item.image} alt="" />
      <div className={texts}>
        <AppLink to={`/catalog/${encodeURIComponent(item.sku)}`}>{item.name}</AppLink>
        <ProductFacts item={item} />
        <span>{children}</span>
        <EffectBadges effects={item.effects} ownId={ownId} />
      </div>
    </li>
  );
}
