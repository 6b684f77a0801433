import { useState } from "react";
import type { WhySubject } from "../personalisation/why.ts";
import { messageOf } from "../shop-api.ts";
import { useShop } from "../state/shop.ts";
import type { Card } from "../types.ts";
import { MarkedText } from "./marked-text.tsx";
import { Price } from "./money.tsx";
import { Picture } from "./picture.tsx";
import { RatingLine } from "./rating.tsx";
import { Swatches } from "./swatches.tsx";
import { WhyButton } from "./why-button.tsx";
import { WishButton } from "./wish-button.tsx";

type ProductTileProps = {
  readonly card: Card;
  readonly highlight?: string | null;
  readonly why?: () => WhySubject;
  readonly onOpen?: () => void;
  readonly isEager?: boolean;
};

function QuickAdd({ card }: { readonly card: Card }) {
  const { cart, notice } = useShop();
  const [isBusy, setIsBusy] = useState(false);
  if (card.kind !== "simple" && card.kind !== "downloadable") return null;
  const add = async (): Promise<void> => {
    setIsBusy(true);
    try {
      await cart.add([{ sku: card.sku, qty: 1 }]);
      notice.set({ text: `${card.name} is in your cart.`, tone: "info", href: "/shop/cart", linkText: "View cart" });
    } catch (fault) {
      notice.set({ text: messageOf(fault), tone: "fault" });
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <button
      type="button"
      className="button button-small"
      disabled={isBusy}
      data-clientele-add-to-cart={card.sku}
      onClick={add}
      aria-label={`Add to cart: ${card.name}`}
    >
      Add to cart
    </button>
  );
}

/** A product in a listing, a unit or the wish list. */
export function ProductTile({ card, highlight = null, why, onOpen, isEager = false }: ProductTileProps) {
  const [color, setColor] = useState<string | null>(null);
  const image = card.colors?.find((one) => one.color === color)?.image ?? card.image;
  const href = color === null ? card.url : `${card.url}?color=${encodeURIComponent(color)}`;
  return (
    <article className="tile">
      <div className="tile-picture">
        <Picture src={image} alt="" isEager={isEager} />
        <WishButton card={card} className="tile-wish" />
      </div>
      <h3 className="tile-name">
        {/* The link reaches over the whole tile; the buttons lie above it and are no click on the product. */}
        <a href={href} onClick={onOpen} data-clientele-sku={card.sku}>
          {highlight === null ? card.name : <MarkedText text={highlight} />}
        </a>
      </h3>
      <RatingLine rating={card.rating} />
      <div className="tile-foot">
        <Price price={card.price} regularPrice={card.regularPrice} isFrom={card.isFrom} />
        {why && <WhyButton subject={why} label={card.name} />}
      </div>
      <Swatches colors={card.colors ?? []} chosen={color} onChoose={setColor} productName={card.name} />
      <QuickAdd card={card} />
    </article>
  );
}
