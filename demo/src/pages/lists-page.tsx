import type { FormEvent } from "react";
import { AccountFrame } from "../components/account-frame.tsx";
import { Field } from "../components/field.tsx";
import { Icon } from "../components/icons.tsx";
import { LineList } from "../components/line-list.tsx";
import { formatMoney } from "../components/money.tsx";
import { FaultNote, LoadingNote } from "../components/states.tsx";
import { useLoaded } from "../components/use-loaded.ts";
import { usePageView } from "../components/use-page-view.ts";
import { links, navigate } from "../router.ts";
import { messageOf } from "../shop-api.ts";
import { toRequests } from "../state/cart.ts";
import { acceptQuote, createList, deleteList, loadLists, removeFromList, requestQuote } from "../state/lists.ts";
import { useShop } from "../state/shop.ts";
import type { RequisitionList } from "../types.ts";

const day = new Intl.DateTimeFormat("en-US", { dateStyle: "medium" });

type Attempt = (work: () => Promise<unknown>) => void;

function QuotePart({ list, attempt }: { readonly list: RequisitionList; readonly attempt: Attempt }) {
  const shop = useShop();
  const { quote } = list;
  if (!quote || quote.status === "ordered") {
    return (
      <button
        type="button"
        className="button button-quiet button-small"
        disabled={list.lines.length === 0}
        onClick={() => attempt(() => requestQuote(list.listId))}
      >
        Ask for a quote
      </button>
    );
  }
  const toCart = async (): Promise<void> => {
    await shop.cart.add(toRequests(list.lines));
    shop.cart.applyQuote(quote.quoteId);
    navigate(links.cart);
  };
  return (
    <div className="quote">
      <p>
        Quote {quote.quoteId}: <strong>{formatMoney(quote.negotiated)}</strong> instead of {formatMoney(quote.original)}
        , until {day.format(quote.expiresAt)}.
      </p>
      {quote.status === "offered" ? (
        <button
          type="button"
          className="button button-small"
          onClick={() => attempt(() => acceptQuote(shop, quote.quoteId))}
        >
          Accept the quote
        </button>
      ) : (
        <>
          <span className="pill pill-placed">Accepted</span>
          <button type="button" className="button button-small" onClick={() => attempt(toCart)}>
            Order at this price
          </button>
        </>
      )}
    </div>
  );
}

function ListCard({ list, attempt }: { readonly list: RequisitionList; readonly attempt: Attempt }) {
  const shop = useShop();
  const toCart = async (): Promise<void> => {
    await shop.cart.add(toRequests(list.lines));
    shop.notice.set({ text: `“${list.name}” is in your cart.`, tone: "info", href: links.cart, linkText: "View cart" });
  };
  return (
    <li className="order">
      <header className="list-head">
        <div>
          <h2>{list.name}</h2>
          {list.description !== "" && <p>{list.description}</p>}
        </div>
        <button
          type="button"
          className="icon-button"
          aria-label={`Delete the list ${list.name}`}
          onClick={() => attempt(() => deleteList(shop, list.listId))}
        >
          <Icon name="trash" />
        </button>
      </header>
      {list.lines.length === 0 && <p className="why-quiet">Empty. Add products on their pages.</p>}
      <LineList
        lines={list.lines}
        action={(line) => (
          <button
            type="button"
            className="icon-button"
            aria-label={`Remove ${line.name} from ${list.name}`}
            onClick={() => attempt(() => removeFromList(shop, list.listId, line))}
          >
            <Icon name="close" />
          </button>
        )}
      />
      <div className="order-actions">
        <button
          type="button"
          className="button button-small"
          disabled={list.lines.length === 0}
          onClick={() => attempt(toCart)}
        >
          Add all to cart
        </button>
        <QuotePart list={list} attempt={attempt} />
      </div>
    </li>
  );
}

export function ListsPage() {
  const shop = useShop();
  usePageView("account", "Requisition lists");
  const loaded = useLoaded("lists", loadLists);
  const attempt: Attempt = (work) => {
    work()
      .catch((fault: unknown) => shop.notice.set({ text: messageOf(fault), tone: "fault" }))
      .finally(loaded.reload);
  };
  const create = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    attempt(async () => {
      await createList(shop, String(data.get("name") ?? ""), String(data.get("description") ?? ""));
      form.reset();
    });
  };
  return (
    <AccountFrame title="Requisition lists">
      <form className="inline-form" onSubmit={create}>
        <Field label="Name of a new list" name="name" required maxLength={80} />
        <Field label="Description" name="description" maxLength={300} />
        <button type="submit" className="button">
          Create
        </button>
      </form>
      {loaded.status === "failed" && <FaultNote fault={loaded.fault} onRetry={loaded.reload} />}
      {loaded.status === "loading" && !loaded.value && <LoadingNote />}
      {loaded.value?.length === 0 && <p className="why-quiet">No lists yet.</p>}
      <ul className="orders">
        {(loaded.value ?? []).map((list) => (
          <ListCard key={list.listId} list={list} attempt={attempt} />
        ))}
      </ul>
    </AccountFrame>
  );
}
