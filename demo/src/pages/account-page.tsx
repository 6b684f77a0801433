import { type FormEvent, useState } from "react";
import { AccountFrame } from "../components/account-frame.tsx";
import { Field } from "../components/field.tsx";
import { usePageView } from "../components/use-page-view.ts";
import { links, usePlace } from "../router.ts";
import { messageOf, ShopFault } from "../shop-api.ts";
import { useShop } from "../state/shop.ts";
import { useValue } from "../state/value.ts";

/** Sign-in or the form for a new account. */
export function EnterPage({ isNew }: { readonly isNew: boolean }) {
  const shop = useShop();
  const { query } = usePlace();
  usePageView("account", isNew ? "Create an account" : "Sign in");
  const [fault, setFault] = useState<unknown>(null);
  const [isBusy, setIsBusy] = useState(false);
  const faults = fault instanceof ShopFault ? fault.fields : {};
  const after = query.get("then") === "checkout" ? links.checkout : links.account;

  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const text = (name: string): string => String(data.get(name) ?? "");
    const body = {
      email: text("email"),
      password: text("password"),
      ...(isNew && { firstName: text("firstName"), lastName: text("lastName") }),
    };
    setIsBusy(true);
    shop.enter(body, isNew, after).catch((cause: unknown) => {
      setFault(cause);
      setIsBusy(false);
    });
  };

  return (
    <div className="stack form-page">
      <h1>{isNew ? "Create an account" : "Sign in"}</h1>
      <form onSubmit={submit} noValidate className="form-part">
        {isNew && (
          <div className="form-grid">
            <Field
              label="First name"
              name="firstName"
              autoComplete="given-name"
              required
              maxLength={60}
              fault={faults["firstName"]}
            />
            <Field
              label="Last name"
              name="lastName"
              autoComplete="family-name"
              required
              maxLength={60}
              fault={faults["lastName"]}
            />
          </div>
        )}
        <Field
          label="Email"
          name="email"
          type="email"
          autoComplete="username"
          required
          maxLength={254}
          fault={faults["email"]}
        />
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete={isNew ? "new-password" : "current-password"}
          required
          maxLength={200}
          fault={faults["password"]}
          {...(isNew && { hint: "At least 8 characters." })}
        />
        {fault !== null && (
          <p className="field-fault" role="alert">
            {messageOf(fault)}
          </p>
        )}
        <button type="submit" className="button button-large" disabled={isBusy}>
          {isNew ? "Create account" : "Sign in"}
        </button>
      </form>
      <p>
        {isNew ? "You have an account? " : "New here? "}
        <a href={(isNew ? links.account : links.createAccount) + location.search}>
          {isNew ? "Sign in" : "Create an account"}
        </a>
      </p>
    </div>
  );
}

function Welcome() {
  const shop = useShop();
  const customer = useValue(shop.customer);
  usePageView("account", "Your account");
  const leave = (): void => {
    shop.leave().catch((cause: unknown) => shop.notice.set({ text: messageOf(cause), tone: "fault" }));
  };
  if (!customer) return null;
  return (
    <AccountFrame title={`Hello, ${customer.firstName}`}>
      <dl className="attributes">
        <div>
          <dt>Name</dt>
          <dd>
            {customer.firstName} {customer.lastName}
          </dd>
        </div>
        <div>
          <dt>Email</dt>
          <dd>{customer.email}</dd>
        </div>
        <div>
          <dt>Customer number</dt>
          <dd>
            <code>{customer.customerId}</code>
          </dd>
        </div>
      </dl>
      <button type="button" className="button button-quiet" onClick={leave}>
        Sign out
      </button>
    </AccountFrame>
  );
}

export function AccountPage() {
  const customer = useValue(useShop().customer);
  return customer ? <Welcome /> : <EnterPage key="sign-in" isNew={false} />;
}
