import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { CartOffers } from "../components/cart-offers.tsx";
import { CouponForm } from "../components/coupon-form.tsx";
import { Field } from "../components/field.tsx";
import { LineList } from "../components/line-list.tsx";
import { formatMoney } from "../components/money.tsx";
import { EmptyNote, FaultNote, LoadingNote } from "../components/states.tsx";
import { TotalsTable } from "../components/totals-table.tsx";
import { useLoaded } from "../components/use-loaded.ts";
import { usePageView } from "../components/use-page-view.ts";
import { links, navigate } from "../router.ts";
import { messageOf, ShopFault, shopApi } from "../shop-api.ts";
import { emptyCart } from "../state/cart.ts";
import { keepOrder } from "../state/last-orders.ts";
import { useShop } from "../state/shop.ts";
import { pricedNow, type TotalsAnswer, toTotalsRequest, useTotals } from "../state/use-totals.ts";
import { useValue } from "../state/value.ts";
import type { Order } from "../types.ts";

type Faults = Readonly<Record<string, string>>;

const shippingNames: Readonly<Record<string, string>> = {
  standard: "Standard, 3 to 5 days",
  express: "Express, next day",
};
const paymentNames = [
  { code: "check", name: "Check or money order" },
  { code: "bank_transfer", name: "Bank transfer" },
  { code: "purchase_order", name: "Purchase order" },
] as const;

const addressFields = [
  { name: "firstName", label: "First name", autoComplete: "given-name", required: true },
  { name: "lastName", label: "Last name", autoComplete: "family-name", required: true },
  { name: "company", label: "Company", autoComplete: "organization", required: false },
  { name: "street", label: "Street address", autoComplete: "street-address", required: true },
  { name: "city", label: "City", autoComplete: "address-level2", required: true },
] as const;

function StateChoice({
  value,
  onChange,
  fault,
}: {
  readonly value: string;
  readonly onChange: (state: string) => void;
  readonly fault: string | undefined;
}) {
  const id = useId();
  const states = useLoaded("states", (signal) =>
    shopApi.get<{ states: readonly { code: string; name: string }[] }>("/states", signal),
  );
  return (
    <div className={`field ${fault ? "field-faulty" : ""}`}>
      <label htmlFor={id}>State</label>
      <select
        id={id}
        name="state"
        value={value}
        required
        aria-invalid={fault ? true : undefined}
        aria-describedby={fault ? `${id}-fault` : undefined}
        onChange={(event) => onChange(event.target.value)}
        autoComplete="address-level1"
      >
        <option value="">Choose…</option>
        {(states.value?.states ?? []).map(({ code, name }) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </select>
      {fault && (
        <p className="field-fault" id={`${id}-fault`}>
          {fault}
        </p>
      )}
    </div>
  );
}

function AddressFields({
  faults,
  state,
  onState,
}: {
  readonly faults: Faults;
  readonly state: string;
  readonly onState: (state: string) => void;
}) {
  const customer = useValue(useShop().customer);
  const known: Readonly<Record<string, string>> = customer
    ? { firstName: customer.firstName, lastName: customer.lastName }
    : {};
  return (
    <fieldset className="form-part">
      <legend>Shipping address</legend>
      {!customer && (
        <Field
          label="Email"
          name="email"
          type="email"
          autoComplete="email"
          required
          maxLength={254}
          fault={faults["email"]}
          hint="For the order confirmation."
        />
      )}
      <div className="form-grid">
        {addressFields.map(({ name, ...field }) => (
          <Field
            key={name}
            name={name}
            {...field}
            maxLength={120}
            defaultValue={known[name]}
            fault={faults[`address.${name}`]}
          />
        ))}
        <StateChoice value={state} onChange={onState} fault={faults["address.state"]} />
        <Field
          label="ZIP code"
          name="postcode"
          autoComplete="postal-code"
          inputMode="numeric"
          required
          maxLength={10}
          fault={faults["address.postcode"]}
        />
        <Field
          label="Phone"
          name="phone"
          type="tel"
          autoComplete="tel"
          maxLength={30}
          fault={faults["address.phone"]}
        />
      </div>
    </fieldset>
  );
}

function ShippingChoice({
  methods,
  value,
  onChange,
  fault,
}: {
  readonly methods: TotalsAnswer["shippingMethods"];
  readonly value: string;
  readonly onChange: (code: string) => void;
  readonly fault: string | undefined;
}) {
  return (
    <fieldset className="form-part">
      <legend>Shipping</legend>
      {methods.map(({ code, price }) => (
        <label key={code} className="choice">
          <input
            type="radio"
            name="shippingMethod"
            value={code}
            checked={value === code}
            onChange={() => onChange(code)}
          />
          <span>{shippingNames[code] ?? code}</span>
          <span className="figure">{price.minor === 0 ? "free" : formatMoney(price)}</span>
        </label>
      ))}
      {fault && <p className="field-fault">{fault}</p>}
    </fieldset>
  );
}

function PaymentChoice({
  value,
  onChange,
  faults,
}: {
  readonly value: string;
  readonly onChange: (code: string) => void;
  readonly faults: Faults;
}) {
  return (
    <fieldset className="form-part">
      <legend>Payment</legend>
      {paymentNames.map(({ code, name }) => (
        <label key={code} className="choice">
          <input
            type="radio"
            name="paymentMethod"
            value={code}
            checked={value === code}
            onChange={() => onChange(code)}
          />
          <span>{name}</span>
        </label>
      ))}
      {faults["paymentMethod"] && <p className="field-fault">{faults["paymentMethod"]}</p>}
      {value === "purchase_order" && (
        <Field
          label="Purchase order number"
          name="purchaseOrderNumber"
          required
          maxLength={40}
          fault={faults["purchaseOrderNumber"]}
        />
      )}
    </fieldset>
  );
}

function readOrderForm(form: HTMLFormElement, state: string) {
  const data = new FormData(form);
  const text = (name: string): string => String(data.get(name) ?? "");
  return {
    email: text("email"),
    purchaseOrderNumber: text("purchaseOrderNumber"),
    address: {
      firstName: text("firstName"),
      lastName: text("lastName"),
      company: text("company"),
      street: text("street"),
      city: text("city"),
      state,
      postcode: text("postcode"),
      phone: text("phone"),
    },
  };
}

/** Reports the start of the checkout once. */
function useCheckoutStart(totals: ReturnType<typeof useTotals>): void {
  const { cart, tracking } = useShop();
  const isReported = useRef(false);
  useEffect(() => {
    if (isReported.current || totals.status !== "ready") return;
    isReported.current = true;
    const { cartId } = cart.cart.get();
    const { lines } = totals.value;
    if (lines.length > 0) tracking.startCheckout(cartId, lines, totals.value.totals.discount);
  }, [cart, tracking, totals]);
}

export function CheckoutPage() {
  const shop = useShop();
  usePageView("checkout", "Checkout");
  const { lines } = useValue(shop.cart.cart);
  const [shippingMethod, setShippingMethod] = useState("standard");
  const [paymentMethod, setPaymentMethod] = useState("check");
  const [state, setState] = useState("");
  const [fault, setFault] = useState<unknown>(null);
  const [isBusy, setIsBusy] = useState(false);
  const [checkoutId] = useState(() => crypto.randomUUID());
  const totals = useTotals(shippingMethod, state);
  const faults = fault instanceof ShopFault ? fault.fields : {};
  const form = useRef<HTMLFormElement>(null);
  useCheckoutStart(totals);
  useEffect(() => {
    if (fault !== null) form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }, [fault]);

  const place = async (): Promise<void> => {
    if (!form.current || totals.status !== "ready") return;
    setIsBusy(true);
    const { cartId } = shop.cart.cart.get();
    const { offers, totals: seen } = totals.value;
    try {
      const { order } = await shopApi.post<{ order: Order }>("/orders", {
        ...readOrderForm(form.current, state),
        ...toTotalsRequest(shop, shippingMethod, state),
        checkoutId,
        paymentMethod,
        // The order comes to what is seen here, or is not placed.
        seenTotalMinor: seen.total.minor,
        withoutOffers: !offers.isAvailable,
      });
      shop.tracking.completeCheckout(cartId, order);
      keepOrder(order);
      navigate(links.order(order.orderId));
      shop.cart.replace(emptyCart);
    } catch (cause) {
      setFault(cause);
      setIsBusy(false);
      // What an order cost or gave may have changed meanwhile.
      if (cause instanceof ShopFault && (cause.status === 409 || cause.status === 503)) totals.reload();
    }
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void place();
  };

  if (lines.length === 0) {
    return (
      <EmptyNote isPage title="Your cart is empty">
        <p>
          <a href={links.home}>Go on shopping</a>
        </p>
      </EmptyNote>
    );
  }
  return (
    <div className="stack">
      <h1>Checkout</h1>
      <form className="cart" ref={form} onSubmit={submit} noValidate>
        <div className="checkout-form">
          {!shop.customer.get() && (
            <p>
              Ordering as a guest. <a href={`${links.account}?then=checkout`}>Sign in</a> to see the order in your
              account.
            </p>
          )}
          <AddressFields faults={faults} state={state} onState={setState} />
          <ShippingChoice
            methods={totals.value?.shippingMethods ?? []}
            value={shippingMethod}
            onChange={setShippingMethod}
            fault={faults["shippingMethod"]}
          />
          <PaymentChoice value={paymentMethod} onChange={setPaymentMethod} faults={faults} />
        </div>
        <aside className="summary" aria-label="Your order">
          <h2>Your order</h2>
          <LineList lines={pricedNow(lines, totals.value)} />
          {totals.value ? (
            <>
              <TotalsTable totals={totals.value.totals} hasState={state !== ""} />
              <CartOffers answer={totals.value} />
              <CouponForm coupons={totals.value.offers.coupons} />
            </>
          ) : totals.status === "failed" ? (
            <FaultNote fault={totals.fault} onRetry={totals.reload} />
          ) : (
            <LoadingNote />
          )}
          {fault !== null && (
            <p className="field-fault" role="alert">
              {messageOf(fault)}
            </p>
          )}
          <button type="submit" className="button button-large" disabled={isBusy || totals.status !== "ready"}>
            {isBusy
              ? "Placing the order…"
              : totals.value?.offers.isAvailable === false
                ? "Place order without offers"
                : "Place order"}
          </button>
        </aside>
      </form>
    </div>
  );
}
