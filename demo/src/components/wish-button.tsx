import { useShop } from "../state/shop.ts";
import { useValue } from "../state/value.ts";
import type { Card } from "../types.ts";
import { Icon } from "./icons.tsx";

export function WishButton({
  card,
  className = "",
}: {
  readonly card: Pick<Card, "sku" | "name" | "price">;
  readonly className?: string;
}) {
  const { wishlist } = useShop();
  const isKept = useValue(wishlist.skus).includes(card.sku);
  return (
    <button
      type="button"
      className={`icon-button wish ${className}`}
      aria-pressed={isKept}
      aria-label={`Keep ${card.name} on the wish list`}
      title="Wish list"
      onClick={() => wishlist.toggle(card)}
    >
      <Icon name="heart" isFilled={isKept} />
    </button>
  );
}
