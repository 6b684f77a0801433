import type { Mapping } from "../mapping.ts";
import { completeJourney } from "./complete-journey.data.ts";
import { magentoOrders } from "./magento-orders.data.ts";
import { onlineRetail } from "./online-retail.data.ts";

/** Mappings that come with the product, by name. */
export const mappingPresets: ReadonlyMap<string, Mapping> = new Map(
  [onlineRetail, completeJourney, magentoOrders].map((mapping) => [mapping.name ?? "", mapping]),
);
