import { useEffect, useRef } from "react";
import { links, usePlace } from "../router.ts";
import { piecesOf } from "../state/cart.ts";
import { useCategories } from "../state/categories.ts";
import { useShop } from "../state/shop.ts";
import { useValue } from "../state/value.ts";
import type { Category } from "../types.ts";
import { Icon } from "./icons.tsx";
import { MiniCart } from "./mini-cart.tsx";
import { SearchBox } from "./search-box.tsx";

function MenuItem({ category, isCurrent }: { readonly category: Category; readonly isCurrent: boolean }) {
  const children = category.children.filter(({ inMenu }) => inMenu);
  return (
    <li className="menu-item">
      <a href={links.category(category.path)} aria-current={isCurrent ? "true" : undefined}>
        {category.name}
      </a>
      {children.length > 0 && (
        <div className="menu-panel">
          {children.map((child) => (
            <div key={child.path} className="menu-group">
              <a href={links.category(child.path)}>{child.name}</a>
              {child.children.length > 0 && (
                <ul>
                  {child.children.map((leaf) => (
                    <li key={leaf.path}>
                      <a href={links.category(leaf.path)}>{leaf.name}</a>
                    </li>
                  ))}
                </ul>
              )}
            </div>
          ))}
        </div>
      )}
    </li>
  );
}

function DrawerTree({ categories }: { readonly categories: readonly Category[] }) {
  return (
    <ul className="drawer-tree">
      {categories.map((category) => (
        <li key={category.path}>
          <a href={links.category(category.path)}>{category.name}</a>
          {category.children.length > 0 && <DrawerTree categories={category.children} />}
        </li>
      ))}
    </ul>
  );
}

/** All categories on small screens. */
function Drawer({ categories }: { readonly categories: readonly Category[] }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { href } = usePlace();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new address closes the drawer
  useEffect(() => dialog.current?.close(), [href]);
  return (
    <>
      <button
        type="button"
        className="icon-button menu-button"
        aria-label="All categories"
        aria-haspopup="dialog"
        onClick={() => dialog.current?.showModal()}
      >
        <Icon name="menu" />
      </button>
      <dialog
        ref={dialog}
        className="side-panel side-panel-left"
        aria-label="All categories"
        onClick={(event) => event.target === dialog.current && dialog.current?.close()}
        onKeyDown={() => undefined}
      >
        <div className="side-panel-body">
          <header className="side-panel-head">
            <p className="eyebrow">Categories</p>
            <button type="button" className="icon-button" aria-label="Close" onClick={() => dialog.current?.close()}>
              <Icon name="close" />
            </button>
          </header>
          <DrawerTree categories={categories} />
        </div>
      </dialog>
    </>
  );
}

export function Header() {
  const shop = useShop();
  const pieces = piecesOf(useValue(shop.cart.cart));
  const wishes = useValue(shop.wishlist.skus).length;
  const customer = useValue(shop.customer);
  const { path } = usePlace();
  const categories = useCategories().filter(({ inMenu }) => inMenu);
  return (
    <header className="header">
      <div className="header-row wide">
        <Drawer categories={categories} />
        <a className="logo" href={links.home} aria-label="Luma, home">
          luma
        </a>
        <SearchBox />
        <nav className="header-actions" aria-label="Your shop">
          <a className="icon-link" href={links.account}>
            <Icon name="person" />
            <span className="icon-text">{customer ? customer.firstName : "Sign in"}</span>
          </a>
          <a className="icon-link" href={links.wishlist} aria-label={`Wish list, ${wishes} products`}>
            <Icon name="heart" />
            {wishes > 0 && <span className="badge">{wishes}</span>}
          </a>
          <div className="cart-place">
            <a className="icon-link" href={links.cart} aria-label={`Cart, ${pieces} pieces`}>
              <Icon name="cart" />
              {pieces > 0 && <span className="badge">{pieces}</span>}
            </a>
            {pieces > 0 && path !== "/cart" && path !== "/checkout" && <MiniCart />}
          </div>
        </nav>
      </div>
      <nav className="menu wide" aria-label="Categories">
        <ul>
          {categories.map((category) => (
            <MenuItem
              key={category.path}
              category={category}
              isCurrent={path.startsWith(`/category/${category.path}`)}
            />
          ))}
        </ul>
      </nav>
    </header>
  );
}
