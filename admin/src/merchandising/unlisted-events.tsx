import { ActionButton, Badge } from "@react-spectrum/s2";
import { useQueries } from "@tanstack/react-query";
import { get } from "../api/client.ts";
import type { CatalogProduct } from "../api/shapes.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { plainList, row, stackTight, strong } from "../ui/styles.ts";
import { say } from "./edit-events.ts";
import type { ListItem, NamedEvent } from "./shapes.ts";

const m = messages.merchandising.products;
/** Names are read one by one; of a longer list the others are known by their numbers. */
const maxNames = 40;

type Props = {
  events: readonly NamedEvent[];
  items: readonly ListItem[];
  isReadOnly: boolean;
  onChange: (events: readonly NamedEvent[]) => void;
};

/** What the rule says of products that are not on the cards: hidden ones, pins that are no match, boosts further down. */
export function UnlistedEvents({ events, items, isReadOnly, onChange }: Props) {
  const listed = new Set(items.map(({ sku }) => sku));
  const unlisted = events.filter(({ sku }) => !listed.has(sku));
  const names = useQueries({
    queries: unlisted.slice(0, maxNames).map(({ sku }) => ({
      queryKey: ["product", sku],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        get<CatalogProduct>(`/v1/catalog/products/${encodeURIComponent(sku)}`, {}, { signal }),
      staleTime: 5 * 60_000,
      retry: false,
    })),
  });
  if (unlisted.length === 0) return null;
  return (
    <section className={stackTight} aria-label={m.unlisted}>
      <span className={strong}>{m.unlisted}</span>
      <ul className={plainList}>
        {unlisted.map((event, index) => (
          <li key={event.sku} className={row}>
            <AppLink to={`/catalog/${encodeURIComponent(event.sku)}`}>{names[index]?.data?.name ?? event.sku}</AppLink>
            <Badge size="S" variant="neutral" fillStyle="subtle">
              {event.action === "pin" ? m.unlistedWhy.pin(event.position ?? 1) : m.unlistedWhy[event.action]}
            </Badge>
            {isReadOnly ? null : (
              <ActionButton
                size="XS"
                isQuiet
                aria-label={m.takeBack(event.sku)}
                onPress={() => onChange(say(events, event.sku, null))}
              >
                {m.takeBackShort}
              </ActionButton>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
