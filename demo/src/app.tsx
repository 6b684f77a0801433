import { useEffect, useRef } from "react";
import { ConsentBanner } from "./components/consent-banner.tsx";
import { Footer } from "./components/footer.tsx";
import { Header } from "./components/header.tsx";
import { NoticeBar } from "./components/notice.tsx";
import { WhyPanel } from "./components/why-panel.tsx";
import { AccountPage, EnterPage } from "./pages/account-page.tsx";
import { CartPage } from "./pages/cart-page.tsx";
import { CategoryPage } from "./pages/category-page.tsx";
import { CheckoutPage } from "./pages/checkout-page.tsx";
import { ConfirmationPage } from "./pages/confirmation-page.tsx";
import { HomePage } from "./pages/home-page.tsx";
import { ListsPage } from "./pages/lists-page.tsx";
import { NotFoundPage } from "./pages/not-found-page.tsx";
import { OrdersPage } from "./pages/orders-page.tsx";
import { ProductPage } from "./pages/product-page.tsx";
import { SearchPage } from "./pages/search-page.tsx";
import { WishlistPage } from "./pages/wishlist-page.tsx";
import { usePlace } from "./router.ts";
import { useShop } from "./state/shop.ts";
import { useValue } from "./state/value.ts";

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function Page({ path }: { readonly path: string }) {
  const customer = useValue(useShop().customer);
  const [, first = "", ...rest] = path.split("/").map(decode);
  const after = rest.join("/");
  const own = customer ? null : <EnterPage isNew={false} />;
  switch (first) {
    case "":
      return <HomePage />;
    case "category":
      return <CategoryPage path={after} />;
    case "product":
      return <ProductPage sku={after} />;
    case "search":
      return <SearchPage />;
    case "cart":
      return <CartPage />;
    case "checkout":
      return <CheckoutPage />;
    case "order":
      return <ConfirmationPage orderId={after} />;
    case "wishlist":
      return <WishlistPage />;
    case "account":
      if (after === "") return <AccountPage />;
      if (after === "create") return customer ? <AccountPage /> : <EnterPage key="create" isNew />;
      if (after === "orders") return own ?? <OrdersPage />;
      if (after === "lists") return own ?? <ListsPage />;
      return <NotFoundPage />;
    default:
      return <NotFoundPage />;
  }
}

export function App() {
  const { path } = usePlace();
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  // A new page is announced to screen readers by moving the focus to it, as loading it would.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path is what makes a new page
  useEffect(() => {
    if (!isFirst.current) main.current?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [path]);
  return (
    <>
      <a className="skip-link" href="#main">
        Skip to the content
      </a>
      <Header />
      <main id="main" ref={main} tabIndex={-1} className="wide">
        <Page path={path} />
      </main>
      <Footer />
      <ConsentBanner />
      <NoticeBar />
      <WhyPanel />
    </>
  );
}
