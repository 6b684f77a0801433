import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { FaultNote } from "./components/states.tsx";
import { followLinks } from "./router.ts";
import { shopApi } from "./shop-api.ts";
import { CategoriesContext } from "./state/categories.ts";
import { createShop, ShopContext } from "./state/shop.ts";
import type { Category, SessionAnswer } from "./types.ts";
import "./styles/base.css";
import "./styles/forms.css";
import "./styles/overlays.css";
import "./styles/layout.css";
import "./styles/products.css";
import "./styles/listing.css";
import "./styles/product.css";
import "./styles/orders.css";
import "./styles/why.css";
import "./styles/small-screens.css";

const place = document.getElementById("root");
if (!place) throw new Error("the page has no #root");
const root = createRoot(place);

async function start(): Promise<void> {
  try {
    const [session, { categories }] = await Promise.all([
      shopApi.get<SessionAnswer>("/session"),
      shopApi.get<{ categories: readonly Category[] }>("/categories"),
    ]);
    const shop = createShop(session);
    root.render(
      <ShopContext value={shop}>
        <CategoriesContext value={categories}>
          <App />
        </CategoriesContext>
      </ShopContext>,
    );
  } catch (fault) {
    root.render(<FaultNote fault={fault} onRetry={() => void start()} />);
  }
}

followLinks();
void start();
