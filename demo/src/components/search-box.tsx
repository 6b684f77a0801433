import type { Suggestion } from "@clientele/browser";
import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { links, navigate, usePlace } from "../router.ts";
import { trailTo, useCategories } from "../state/categories.ts";
import { useShop } from "../state/shop.ts";
import type { Category } from "../types.ts";
import { Icon } from "./icons.tsx";
import { MarkedText } from "./marked-text.tsx";

const waitMs = 120;
const minLength = 2;

function hrefOf({ text, sku, categoryPath }: Suggestion): string {
  if (sku !== undefined) return links.product(sku);
  return categoryPath === undefined ? links.search(text) : links.category(categoryPath);
}

/** Suggestions for what is typed; none while Clientele does not answer. */
function useSuggestions(typed: string): readonly Suggestion[] {
  const { client } = useShop();
  const [answer, setAnswer] = useState<{ q: string; list: readonly Suggestion[] }>({ q: "", list: [] });
  const q = typed.trim();
  useEffect(() => {
    if (q.length < minLength) return;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      client.suggest({ q, limit: 8, signal: abort.signal }).then(
        ({ suggestions }) => setAnswer({ q, list: suggestions }),
        () => setAnswer({ q, list: [] }),
      );
    }, waitMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [client, q]);
  return q.length < minLength ? [] : answer.list;
}

/** Categories of different departments may have the same name. */
function kindText({ kind, categoryPath }: Suggestion, categories: readonly Category[]): string {
  if (kind === "product") return "Product";
  const department = categoryPath === undefined ? undefined : trailTo(categories, categoryPath)[0];
  if (!department) return "";
  return department.path === categoryPath ? "Category" : `in ${department.name}`;
}

export function SearchBox() {
  const { tracking } = useShop();
  const { path, query, href } = usePlace();
  const [typed, setTyped] = useState("");
  const [isOpen, setIsOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const suggestions = useSuggestions(typed);
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

  const open = isOpen && suggestions.length > 0;
  const follow = (suggestion: Suggestion): void => {
    const search = { searchId: crypto.randomUUID(), searchQuery: typed.trim() };
    if (suggestion.categoryPath !== undefined) tracking.searchCategoryClick(search, suggestion.categoryPath);
    else tracking.searchSuggestionClick(search, suggestion.text);
    setIsOpen(false);
    navigate(hrefOf(suggestion));
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const chosen = open ? suggestions[active] : undefined;
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
    const count = suggestions.length + 1;
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
          {suggestions.map((suggestion, index) => (
            // biome-ignore lint/a11y/useFocusableInteractive: focus stays in the input, which names the active option
            <div
              key={`${suggestion.kind} ${hrefOf(suggestion)}`}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={index === active}
              className="suggestion"
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => follow(suggestion)}
              onKeyDown={() => undefined}
            >
              {suggestion.image ? (
                <img src={suggestion.image} alt="" width={32} height={40} />
              ) : (
                <Icon name={suggestion.kind === "category" ? "right" : "search"} />
              )}
              <span className="suggestion-text">
                <MarkedText text={suggestion.html} />
              </span>
              <span className="suggestion-kind">{kindText(suggestion, categories)}</span>
            </div>
          ))}
        </div>
      </form>
    </search>
  );
}
