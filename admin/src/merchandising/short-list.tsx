import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { ProductImage } from "../catalog/product-image.tsx";
import { AppLink } from "../shell/navigation.tsx";
import { plainList } from "../ui/styles.ts";
import { ProductFacts } from "./product-facts.tsx";
import type { ListItem } from "./shapes.ts";

const productRow = style({ display: "flex", gap: 12, alignItems: "start", minWidth: 0 });
const texts = style({ display: "flex", flexDirection: "column", gap: 4, minWidth: 0, font: "body-sm" });

/** Products in order, briefly. */
export function ShortList({ items }: { items: readonly ListItem[] }) {
  return (
    <ol className={plainList}>
      {items.map((item) => (
        <li key={item.sku} className={productRow}>
          <ProductImage src={item.image} alt="" />
          <div className={texts}>
            <AppLink to={`/catalog/${encodeURIComponent(item.sku)}`}>{item.name}</AppLink>
            <ProductFacts item={item} />
          </div>
        </li>
      ))}
    </ol>
  );
}
