import { ActionButton } from "@react-spectrum/s2";
import { ProductName } from "../catalog/product-name.tsx";
import { formatNumber, formatShare } from "../format.ts";
import { messages } from "../messages.data.ts";
import { download, toCsv } from "../ui/csv.ts";
import type { Column } from "../ui/data-table.tsx";
import type { Period } from "../ui/period.ts";
import { EmptyState, Loaded } from "../ui/states.tsx";
import { muted, rowBetween, stack } from "../ui/styles.ts";
import { PagedTable } from "./paged-table.tsx";
import type { ShownProduct } from "./shapes.ts";
import { useShownProducts } from "./use-search-report.ts";

const m = messages.searchAnalytics;

const columns: readonly Column<ShownProduct>[] = [
  { key: "sku", label: m.product, text: ({ sku }) => sku, render: ({ sku }) => <ProductName sku={sku} /> },
  { key: "impressions", label: m.impressions, align: "end", text: ({ impressions }) => formatNumber(impressions) },
  { key: "clicks", label: m.clicks, align: "end", text: ({ clicks }) => formatNumber(clicks) },
  {
    key: "rate",
    label: m.rate,
    align: "end",
    text: ({ impressions, clicks }) => formatShare(impressions === 0 ? 0 : clicks / impressions),
  },
];

/** The products that searches showed most. */
export function ProductsTab({ period }: { period: Period }) {
  const query = useShownProducts(period);
  return (
    <Loaded query={query}>
      {({ items }) =>
        items.length === 0 ? (
          <EmptyState title={m.noProducts} text={m.noProductsText} />
        ) : (
          <div className={stack}>
            <div className={rowBetween}>
              <p className={muted}>{m.productsText}</p>
              <ActionButton onPress={() => download("search-products.csv", csvOf(items))}>
                {messages.list.exportCsv}
              </ActionButton>
            </div>
            <PagedTable label={m.tabs.products} columns={columns} rows={items} rowKey={({ sku }) => sku} />
          </div>
        )
      }
    </Loaded>
  );
}

function csvOf(items: readonly ShownProduct[]): string {
  return toCsv(
    ["sku", "impressions", "clicks"],
    items.map(({ sku, impressions, clicks }) => [sku, String(impressions), String(clicks)]),
  );
}
