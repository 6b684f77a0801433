import { ProductTile } from "../components/product-tile.tsx";
import { EmptyNote, FaultNote, TileSkeletons } from "../components/states.tsx";
import { usePageView } from "../components/use-page-view.ts";
import { useCardsBySku } from "../personalisation/cards.ts";
import { links } from "../router.ts";
import { useShop } from "../state/shop.ts";
import { useValue } from "../state/value.ts";

export function WishlistPage() {
  const { wishlist } = useShop();
  usePageView("wishlist", "Wish list");
  const skus = useValue(wishlist.skus);
  const { cards, hasFailed } = useCardsBySku(skus);
  if (skus.length === 0) {
    return (
      <EmptyNote isPage title="Your wish list is empty">
        <p>
          The heart on a product puts it here. Have a look at <a href={links.category("what-is-new")}>what is new</a>.
        </p>
      </EmptyNote>
    );
  }
  return (
    <div className="stack">
      <h1>Wish list</h1>
      {hasFailed && <FaultNote fault={new Error("The products could not be loaded.")} />}
      {!cards && !hasFailed && <TileSkeletons count={Math.min(skus.length, 8)} />}
      <ul className="grid">
        {(cards ?? []).map((card) => (
          <li key={card.sku}>
            <ProductTile card={card} />
          </li>
        ))}
      </ul>
    </div>
  );
}
