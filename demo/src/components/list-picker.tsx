import { type FormEvent, useState } from "react";
import { links } from "../router.ts";
import { messageOf } from "../shop-api.ts";
import { addToList, createList, loadLists } from "../state/lists.ts";
import { useShop } from "../state/shop.ts";
import { useValue } from "../state/value.ts";
import type { LineRequest, RequisitionList } from "../types.ts";

type ListPickerProps = {
  /** What to add; null while a choice is missing. */
  readonly lines: readonly LineRequest[] | null;
  readonly onMissing: () => void;
};

/** Puts a product on one of the shopper's requisition lists. */
export function ListPicker({ lines, onMissing }: ListPickerProps) {
  const shop = useShop();
  const customer = useValue(shop.customer);
  const [lists, setLists] = useState<readonly RequisitionList[] | null>(null);
  const [name, setName] = useState("");
  if (!customer) {
    return (
      <p className="list-picker">
        <a href={links.account}>Sign in</a> to keep requisition lists.
      </p>
    );
  }
  const say = (text: string): void =>
    shop.notice.set({ text, tone: "info", href: links.lists, linkText: "View lists" });
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (fault) {
      shop.notice.set({ text: messageOf(fault), tone: "fault" });
    }
  };
  const open = (): Promise<void> => attempt(async () => setLists(await loadLists()));
  const add = (list: RequisitionList): Promise<void> =>
    attempt(async () => {
      if (!lines) return onMissing();
      await addToList(shop, list.listId, lines);
      say(`Added to “${list.name}”.`);
    });
  const create = (event: FormEvent): void => {
    event.preventDefault();
    if (!lines) {
      onMissing();
      return;
    }
    void attempt(async () => {
      const list = await createList(shop, name, "");
      await addToList(shop, list.listId, lines);
      setName("");
      setLists(await loadLists());
      say(`Added to “${list.name}”.`);
    });
  };
  return (
    <details className="list-picker" onToggle={(event) => event.currentTarget.open && lists === null && void open()}>
      <summary>Add to requisition list</summary>
      <ul>
        {(lists ?? []).map((list) => (
          <li key={list.listId}>
            <button type="button" className="link-button" onClick={() => void add(list)}>
              {list.name}
            </button>
          </li>
        ))}
      </ul>
      <form onSubmit={create}>
        <label>
          <span className="visually-hidden">Name of a new list</span>
          <input
            value={name}
            maxLength={80}
            required
            placeholder="Name of a new list"
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <button type="submit" className="button button-small">
          Create and add
        </button>
      </form>
    </details>
  );
}
