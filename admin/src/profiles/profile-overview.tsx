import { useAttributes } from "../audiences/use-attributes.ts";
import { formatAgo, formatInstant, formatMoney, formatNumber, formatShare } from "../format.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { Bars } from "../ui/bars.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { Facts, Tile } from "../ui/facts.tsx";
import { Panel } from "../ui/page.tsx";
import { halves, muted, plainList, stackWide, tiles } from "../ui/styles.ts";
import type { CartLine, ProfileDetail, ProfileOrder } from "./shapes.ts";
import { splitTraits, traitFacts } from "./trait-facts.ts";

const m = messages.profiles;
const shownRows = 10;

/** Who this is at a glance: figures, interests, traits, cart and orders. */
export function ProfileOverview({ profile }: { profile: ProfileDetail }) {
  return (
    <div className={stackWide}>
      <div className={tiles}>
        <Tile label={m.orders} value={formatNumber(profile.orders.length)} note={revenueOf(profile.orders)} />
        <Tile label={m.pageViews} value={formatNumber(profile.counters["pageView"] ?? 0)} />
        <Tile label={m.productViews} value={formatNumber(profile.counters["productPageView"] ?? 0)} />
        <Tile label={m.cartAdds} value={formatNumber(profile.counters["addToCart"] ?? 0)} />
      </div>
      <div className={halves}>
        <div className={stackWide}>
          <Affinities affinity={profile.affinity} />
          <CartPanel profile={profile} />
          <OrdersPanel orders={profile.orders} />
          <RecentPanel profile={profile} />
        </div>
        <div className={stackWide}>
          <OwnTraits profile={profile} />
          <Traits profile={profile} />
        </div>
      </div>
    </div>
  );
}

function revenueOf(orders: readonly ProfileOrder[]): string {
  const sums = new Map<string, number>();
  for (const { total } of orders) sums.set(total.currency, (sums.get(total.currency) ?? 0) + total.minor);
  return [...sums].map(([currency, minor]) => formatMoney({ minor, currency })).join(", ");
}

function Affinities({ affinity }: { affinity: ProfileDetail["affinity"] }) {
  const groups = Object.entries(affinity).filter(([, entries]) => entries.length > 0);
  return (
    <Panel title={m.affinities} description={m.affinitiesText}>
      {groups.length === 0 ? <p className={muted}>{m.noAffinity}</p> : null}
      {groups.map(([attribute, entries]) => (
        <section key={attribute} className={plainList} aria-label={attribute}>
          <h3 className={muted}>{m.affinityNames[attribute as keyof typeof m.affinityNames] ?? attribute}</h3>
          <Bars
            bars={entries.slice(0, 8).map(({ value, score }) => ({
              label: value,
              value: score,
              text: formatShare(score),
            }))}
          />
        </section>
      ))}
    </Panel>
  );
}

function Traits({ profile }: { profile: ProfileDetail }) {
  const facts = traitFacts(splitTraits(profile.traits).shipped, useAttributes().data ?? []);
  return (
    <Panel title={m.traits}>
      {facts.length === 0 ? <p className={muted}>{m.noTraits}</p> : <Facts facts={facts} />}
    </Panel>
  );
}

/** Traits that people defined here, with what each says of this person. */
function OwnTraits({ profile }: { profile: ProfileDetail }) {
  const specs = useAttributes().data ?? [];
  const facts = traitFacts(splitTraits(profile.traits).own, specs, "profile.trait.");
  const t = messages.traits.onProfile;
  return (
    <Panel title={t.title} aside={<AppLink to="/traits">{t.manage}</AppLink>}>
      {facts.length === 0 ? <p className={muted}>{t.none}</p> : <Facts facts={facts} />}
    </Panel>
  );
}

function CartPanel({ profile }: { profile: ProfileDetail }) {
  const { cart } = profile;
  return (
    <Panel title={m.cart} aside={cart ? <span className={muted}>{formatAgo(cart.updatedAt)}</span> : null}>
      {cart && cart.items.length > 0 ? (
        <Lines label={m.cart} lines={cart.items} />
      ) : (
        <p className={muted}>{m.noCart}</p>
      )}
    </Panel>
  );
}

function Lines({ label, lines }: { label: string; lines: readonly CartLine[] }) {
  return (
    <DataTable
      label={label}
      rows={lines}
      rowKey={({ sku }) => sku}
      columns={[
        {
          key: "sku",
          label: messages.catalog.product,
          text: ({ name, sku }) => name ?? sku,
          render: ({ name, sku }) => <AppLink to={`/catalog/${encodeURIComponent(sku)}`}>{name ?? sku}</AppLink>,
        },
        { key: "qty", label: m.quantity, align: "end", text: ({ qty }) => formatNumber(qty) },
        { key: "total", label: m.total, align: "end", text: ({ lineTotal }) => formatMoney(lineTotal) },
      ]}
    />
  );
}

function OrdersPanel({ orders }: { orders: readonly ProfileOrder[] }) {
  return (
    <Panel title={m.orders}>
      {orders.length === 0 ? (
        <p className={muted}>{m.noOrders}</p>
      ) : (
        <DataTable
          label={m.orders}
          rows={orders.slice(0, shownRows)}
          rowKey={({ orderId }) => orderId}
          columns={[
            { key: "order", label: m.order, text: ({ orderId }) => orderId },
            { key: "placed", label: m.placed, text: ({ placedAt }) => formatInstant(placedAt) },
            { key: "status", label: messages.list.status, text: ({ status }) => status },
            { key: "total", label: m.total, align: "end", text: ({ total }) => formatMoney(total) },
          ]}
        />
      )}
    </Panel>
  );
}

function RecentPanel({ profile }: { profile: ProfileDetail }) {
  return (
    <Panel title={m.recent}>
      {profile.viewed.length + profile.searches.length === 0 ? <p className={muted}>{m.noRecent}</p> : null}
      <ul className={plainList}>
        {profile.viewed.slice(0, shownRows).map(({ sku, at }) => (
          <li key={sku} className={muted}>
            <AppLink to={`/catalog/${encodeURIComponent(sku)}`}>{sku}</AppLink> {m.viewed(formatAgo(at))}
          </li>
        ))}
        {profile.searches.slice(0, shownRows).map(({ query, at }) => (
          <li key={query + at} className={muted}>
            {m.searched(query, formatAgo(at))}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
