import type { Line, PricedLine } from "./lines.ts";
import type { Money } from "./money.ts";
import type { PaymentMethod, ShippingMethod, Totals } from "./totals.ts";

// What the journal holds. A record that Clientele must hear of carries the event itself, so that the fact and the duty
// to tell it reach the disk together.

/** An event as `POST /v1/events` takes it. */
export type BackOfficeEvent = {
  readonly messageId: string;
  readonly type: "accountCreated" | "orderPlaced" | "orderCancelled" | "orderReturned";
  readonly timestamp: string;
  readonly customerId?: string;
  readonly email?: string;
  readonly anonymousId?: string;
  readonly context: { readonly storeView: string };
  readonly properties: Readonly<Record<string, unknown>>;
};

export type Account = {
  readonly customerId: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly passwordHash: string;
  readonly createdAt: number;
};

export type Address = {
  readonly firstName: string;
  readonly lastName: string;
  readonly company: string;
  readonly street: string;
  readonly city: string;
  readonly state: string;
  readonly postcode: string;
  readonly phone: string;
};

type OrderStatus = "placed" | "cancelled" | "returned";

export type Order = Totals & {
  readonly orderId: string;
  /** The browser's name for this checkout: the same one never makes a second order. */
  readonly checkoutId: string;
  readonly customerId: string | null;
  readonly email: string;
  readonly placedAt: number;
  readonly status: OrderStatus;
  readonly lines: readonly PricedLine[];
  readonly address: Address;
  readonly shippingMethod: ShippingMethod;
  readonly paymentMethod: PaymentMethod;
  readonly purchaseOrderNumber: string;
  readonly quoteId: string | null;
  /** Codes that took something off. */
  readonly couponCodes?: readonly string[];
};

export type RequisitionList = {
  readonly listId: string;
  readonly customerId: string;
  readonly name: string;
  readonly description: string;
  readonly lines: readonly Line[];
  readonly updatedAt: number;
};

export type Quote = {
  readonly quoteId: string;
  readonly listId: string;
  readonly customerId: string;
  /** An accepted quote is used up by the order that names it. */
  readonly status: "offered" | "accepted";
  readonly lines: readonly Line[];
  readonly original: Money;
  readonly negotiated: Money;
  readonly expiresAt: number;
};

/** Cart and wish list of a signed-in shopper. */
export type Shelf = { readonly cartId: string; readonly lines: readonly Line[]; readonly wishlist: readonly string[] };

export type ShopRecord =
  | { readonly kind: "accountCreated"; readonly account: Account; readonly event: BackOfficeEvent }
  | {
      readonly kind: "sessionOpened";
      readonly tokenHash: string;
      readonly customerId: string;
      readonly expiresAt: number;
    }
  | { readonly kind: "sessionClosed"; readonly tokenHash: string }
  | { readonly kind: "shelfSaved"; readonly customerId: string; readonly shelf: Shelf }
  | { readonly kind: "orderPlaced"; readonly order: Order; readonly event: BackOfficeEvent }
  | {
      readonly kind: "orderClosed";
      readonly orderId: string;
      readonly status: "cancelled" | "returned";
      readonly event: BackOfficeEvent;
    }
  | { readonly kind: "listSaved"; readonly list: RequisitionList }
  | { readonly kind: "listDeleted"; readonly listId: string }
  | { readonly kind: "quoteSaved"; readonly quote: Quote }
  | { readonly kind: "eventSettled"; readonly messageId: string; readonly outcome: "delivered" | "refused" };
