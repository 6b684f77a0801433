import { type Clientele, createClientele } from "@clientele/browser";
import { createContext, useContext } from "react";
import { createTracking, type Tracking } from "../personalisation/tracking.ts";
import { links, navigate } from "../router.ts";
import { shopApi } from "../shop-api.ts";
import type { Customer, Entered, SessionAnswer } from "../types.ts";
import { type CartActions, createCart, emptyCart, toRequests } from "./cart.ts";
import { createValue, type Value } from "./value.ts";
import { createWishlist, type Wishlist } from "./wishlist.ts";

type Notice = {
  readonly text: string;
  readonly tone: "info" | "fault";
  readonly href?: string;
  readonly linkText?: string;
};

/** Everything that pages share; made once when the page loads. */
export type Shop = {
  readonly config: SessionAnswer["config"];
  readonly client: Clientele;
  readonly tracking: Tracking;
  readonly customer: Value<Customer | null>;
  readonly cart: CartActions;
  readonly wishlist: Wishlist;
  readonly notice: Value<Notice | null>;
  /** Changes when what Clientele may know of the shopper changes: decisions are then asked for again. */
  readonly era: Value<number>;
  /** Signs in, or creates the account first, and goes on to `after`. */
  enter(
    body: {
      readonly email: string;
      readonly password: string;
      readonly firstName?: string;
      readonly lastName?: string;
    },
    isNew: boolean,
    after: string,
  ): Promise<void>;
  /** Signs out and goes to the home page. */
  leave(): Promise<void>;
};

export function createShop(session: SessionAnswer): Shop {
  const { config } = session;
  const person =
    session.customer && session.identityToken
      ? { customerId: session.customer.customerId, email: session.customer.email, identityToken: session.identityToken }
      : {};
  const client = createClientele({
    ...config,
    ...person,
    onError: ({ code }) => {
      if (code === "identityToken") void renewIdentity(client, customer);
    },
  });
  const tracking = createTracking(client);
  const customer = createValue(session.customer);
  const notice = createValue<Notice | null>(null);
  const era = createValue(0);

  const shelf = () => ({
    cartId: cart.cart.get().cartId,
    lines: toRequests(cart.cart.get().lines),
    wishlist: wishlist.skus.get(),
  });
  const save = (): void => {
    if (!customer.get()) return;
    shopApi.put("/shelf", shelf()).catch(() => {
      notice.set({
        text: "Your cart could not be saved with your account. It is kept in this browser.",
        tone: "fault",
      });
    });
  };
  const cart = createCart(tracking, save);
  const wishlist = createWishlist(tracking, save);
  if (session.shelf) {
    cart.replace({
      ...cart.cart.get(),
      cartId: session.shelf.lines.length > 0 ? session.shelf.cartId : "",
      lines: session.shelf.lines,
    });
    wishlist.replace(session.shelf.wishlist);
  } else if (!session.customer && hasPerson()) {
    // The session ended while the shop was closed: the browser must not go on as that person.
    client.signOut();
    cart.replace(emptyCart);
    wishlist.replace([]);
  }
  rememberPerson(session.customer !== null);

  return {
    config,
    client,
    tracking,
    customer,
    cart,
    wishlist,
    notice,
    era,
    enter: async (body, isNew, after) => {
      const { shelf: merged, ...entered } = await shopApi.post<Entered>(isNew ? "/accounts" : "/sign-in", {
        ...body,
        shelf: shelf(),
      });
      const { customerId, email, firstName, lastName } = entered.customer;
      if (isNew) {
        client.identify({ customerId, email, identityToken: entered.identityToken, traits: { firstName, lastName } });
        tracking.createAccount();
      }
      client.signIn({ customerId, email, identityToken: entered.identityToken });
      cart.replace({ ...cart.cart.get(), cartId: merged.cartId, lines: merged.lines });
      wishlist.replace(merged.wishlist);
      rememberPerson(true);
      customer.set(entered.customer);
      era.set(era.get() + 1);
      // In one go with the change above, so that no page in between is shown and reported.
      navigate(after);
    },
    leave: async () => {
      await shopApi.post("/sign-out");
      client.signOut();
      cart.replace(emptyCart);
      wishlist.replace([]);
      rememberPerson(false);
      customer.set(null);
      era.set(era.get() + 1);
      navigate(links.home);
    },
  };
}

const renewalMs = 60_000;
let renewedAt = Number.NEGATIVE_INFINITY;

/** Gets a new identity token for the shopper whose old one has run out; once a minute at most. */
async function renewIdentity(client: Clientele, customer: Value<Customer | null>): Promise<void> {
  if (!customer.get() || performance.now() - renewedAt < renewalMs) return;
  renewedAt = performance.now();
  try {
    const { customer: known, identityToken } = await shopApi.get<SessionAnswer>("/session");
    if (!known || !identityToken || known.customerId !== customer.get()?.customerId) return;
    client.identify({ customerId: known.customerId, email: known.email, identityToken });
  } catch (fault) {
    // The next refusal tries again; until then decisions are made as for an unknown shopper.
    console.warn("the identity token could not be renewed", fault);
  }
}

const personKey = "luma.signedIn";

function hasPerson(): boolean {
  try {
    return localStorage.getItem(personKey) === "1";
  } catch {
    return false;
  }
}

function rememberPerson(isSignedIn: boolean): void {
  try {
    if (isSignedIn) localStorage.setItem(personKey, "1");
    else localStorage.removeItem(personKey);
  } catch {
    // Storage is forbidden: nothing of the person was kept either.
  }
}

export const ShopContext = createContext<Shop | null>(null);

export function useShop(): Shop {
  const shop = useContext(ShopContext);
  if (!shop) throw new Error("useShop outside of the shop");
  return shop;
}
