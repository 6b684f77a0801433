// Names of Segment's ecommerce specification (v2) that have no row in the table of event names: their properties have a
// known meaning although the event keeps its name.
import { canonicalOfSegment, segmentNameOf, xdmNameOf } from "../../collect/index.ts";

const namesWithoutRow: ReadonlySet<string> = new Set([
  "Product List Filtered",
  "Product Clicked",
  "Checkout Step Viewed",
  "Checkout Step Completed",
  "Payment Info Entered",
  "Coupon Entered",
  "Coupon Applied",
  "Coupon Denied",
  "Coupon Removed",
  "Wishlist Product Added to Cart",
  "Product Shared",
  "Cart Shared",
  "Product Reviewed",
]);

/** Back-office names that no foreign vocabulary spells. */
const ourNames: ReadonlySet<string> = new Set(["addToWishlist", "removeFromWishlist", "orderPlaced", "orderUpdated"]);

/** True for names whose properties we know: the ecommerce specification's, and ours. Others are events of the shop's own. */
export function hasKnownProperties(name: string): boolean {
  return (
    namesWithoutRow.has(name) ||
    ourNames.has(name) ||
    canonicalOfSegment(name) !== name ||
    segmentNameOf(name) !== undefined ||
    xdmNameOf(name) !== undefined
  );
}

/** Types whose `category` and `list_id` name a product list, not a product. */
export function isListEvent(type: string): boolean {
  return type === "categoryView" || type === "Product List Filtered";
}

/** Types that make, change or end an order. */
export function isOrderEvent(type: string): boolean {
  return type === "completeCheckout" || /^order[A-Z]/.test(type);
}

/** Types about a banner or offer. */
export function isPromotionEvent(type: string): boolean {
  return type === "propositionDisplay" || type === "propositionInteract" || type === "propositionDismiss";
}
