import type { Suggestion } from "@clientele/browser";
import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import type { Hit } from "../personalisation/listing.ts";
import { links, navigate, usePlace } from "../router.ts";
import { trailTo, useCategories } from "../state/categories.ts";
import { useShop } from "../state/shop.ts";
import type { Category } from "../types.ts";
import { Icon } from "./icons.tsx";
import { MarkedText } from "./marked-text.tsx";
import { formatMoney } from "./money.tsx";
import { type TypedAnswer, useTypedAnswer } from "./use-typed-answer.ts";

type Entry =
  | { readonly kind: "suggestion"; readonly href: string; readonly suggestion: Suggestion }
  | { readonly kind: "product"; readonly href: string; readonly hit: Hit; readonly rank: number }
  | { readonly kind: "all"; readonly href: string; readonly total: number };

function hrefOf({ text, categoryPath }: Suggestion): string {
  return categoryPath === undefined ? links.search(text) : links.category(categoryPath);
}

/** What the arrow keys go through, top to bottom. */
function entriesOf({ suggestions, products, total, search }: TypedAnswer): readonly Entry[] {
  return [
    ...suggestions.map((suggestion): Entry => ({ kind: "suggestion", href: hrefOf(suggestion), suggestion })),
    ...products.map((hit, index): Entry => ({ kind: "product", href: hit.card.url, hit, rank: index + 1 })),
    ...(total > products.length ? [{ kind: "all", href: links.search(search.searchQuery), total } as const] : []),
  ];
}

/** Categories of different departments may have the same name. */
function kindText({ categoryPath }: Suggestion, categories: readonly Category[]): string {
  const department = categoryPath === undefined ? undefined : trailTo(categories, categoryPath)[0];
  if (!department) return "";
  return department.path === categoryPath ? "Category" : `in ${department.name}`;
}

function EntryContent({ entry, categories }: { readonly entry: Entry; readonly categories: readonly Category[] }) {
  if (entry.kind === "all")
    return <span className="suggestion-text">{`All ${entry.total.toLocaleString("en-US")} products`}</span>;
  if (entry.kind === "product") {
    const { card, highlight } = entry.hit;
    return (
      <>
        {card.image ? <img src={card.image} alt="" width={32} height={40} /> : <Icon name="search" />}
        <span className="suggestion-text">{highlight ? <MarkedText text={highlight} /> : card.name}</span>
        <span className="suggestion-kind">{card.price ? formatMoney(card.price) : ""}</span>
      </>
    );
  }
  const { suggestion } = entry;
  return (
    <>
      <Icon name={suggestion.kind === "category" ? "right" : "search"} />
      <span className="suggestion-text">
        <MarkedText text={suggestion.html} />
      </span>
      <span className="suggestion-kind">{kindText(suggestion, categories)}</span>
    </>
  );
}

export function SearchBox() {
  const { tracking } = useShop();
  const { path, query, href } = usePlace();
  const [typed, setTyped] = useState("");
  const [isOpen, setIsOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const answer = useTypedAnswer(typed);
  const entries = entriesOf(answer);
  const categories = useCategories();
  const box = useRef<HTMLFormElement>(null);
  const listId = useId();

  // The box says what the page shows.
  const shown = path === "/search" ? (query.get("q") ?? "") : "";
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new address closes the list, whatever it is
  useEffect(() => {
    setTyped(shown);
    setIsOpen(false);
    setActive(-1);
  }, [shown, href]);

  const open = isOpen && entries.length > 0;
  // Once for each answer that somebody had before their eyes.
  const reported = useRef("");
  useEffect(() => {
    const { search, products, total, suggestions } = answer;
    if (!open || search.searchId === "" || reported.current === search.searchId) return;
    reported.current = search.searchId;
    tracking.searchRequestSent(search, { filters: [], sort: "" });
    const cards = products.map(({ card }) => card);
    tracking.searchResponseReceived(
      search,
      total,
      cards,
      0,
      suggestions.map(({ text }) => text),
    );
  }, [tracking, answer, open]);

  const follow = (entry: Entry): void => {
    const { search } = answer;
    if (entry.kind === "product") tracking.searchProductClick(search, entry.hit.card, entry.rank);
    else if (entry.kind === "suggestion") {
      const { categoryPath, text } = entry.suggestion;
      if (categoryPath !== undefined) tracking.searchCategoryClick(search, categoryPath);
      else tracking.searchSuggestionClick(search, text);
    }
    setIsOpen(false);
    navigate(entry.href);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const chosen = open ? entries[active] : undefined;
    if (chosen) {
      follow(chosen);
      return;
    }
    if (typed.trim() === "") return;
    setIsOpen(false);
    navigate(links.search(typed.trim()));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape") setIsOpen(false);
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    setIsOpen(true);
    const count = entries.length + 1;
    setActive((current) => ((current + 1 + (event.key === "ArrowDown" ? 1 : -1) + count) % count) - 1);
  };

  return (
    <search className="search-place">
      <form
        ref={box}
        className="search-box"
        onSubmit={submit}
        onBlur={(event) => !box.current?.contains(event.relatedTarget) && setIsOpen(false)}
      >
        <label className="visually-hidden" htmlFor={`${listId}-input`}>
          Search the shop
        </label>
        <input
          id={`${listId}-input`}
          type="search"
          placeholder="Search jackets, yoga, bags…"
          maxLength={255}
          autoComplete="off"
          role="combobox"
          aria-expanded={open}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={open && active >= 0 ? `${listId}-${active}` : undefined}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setIsOpen(true);
            setActive(-1);
          }}
          onFocus={() => setIsOpen(true)}
          onKeyDown={onKeyDown}
        />
        <button type="submit" className="icon-button" aria-label="Search">
          <Icon name="search" />
        </button>
        <div id={listId} role="listbox" aria-label="Suggestions" className="suggestions" hidden={!open}>
          {entries.map((entry, index) => (
            // biome-ignore lint/a11y/useFocusableInteractive: focus stays in the input, which names the active option
            <div
              key={`${entry.kind} ${entry.href}`}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={index === active}
              className={`suggestion suggestion-${entry.kind}`}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => follow(entry)}
              onKeyDown={() => undefined}
            >
              <EntryContent entry={entry} categories={categories} />
            </div>
          ))}
        </div>
      </form>
    </search>
  );
}
