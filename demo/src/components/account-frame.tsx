import type { ReactNode } from "react";
import { links, usePlace } from "../router.ts";

const pages = [
  { href: links.account, path: "/account", name: "Account" },
  { href: links.orders, path: "/account/orders", name: "Orders" },
  { href: links.lists, path: "/account/lists", name: "Requisition lists" },
  { href: links.wishlist, path: "/wishlist", name: "Wish list" },
] as const;

export function AccountFrame({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const { path } = usePlace();
  return (
    <div className="account">
      <nav aria-label="Account">
        <ul>
          {pages.map((page) => (
            <li key={page.path}>
              <a href={page.href} aria-current={path === page.path ? "page" : undefined}>
                {page.name}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div className="stack">
        <h1>{title}</h1>
        {children}
      </div>
    </div>
  );
}
