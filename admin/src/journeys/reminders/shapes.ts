import type { Json } from "../../api/shapes.ts";

export type Trigger =
  | { readonly kind: "cart" | "wishlist"; readonly after: string; readonly where?: Json }
  | {
      readonly kind: "browse" | "replenishment";
      readonly after: string;
      readonly within: string;
      readonly where?: Json;
    }
  | { readonly kind: "price_drop"; readonly percent: number; readonly where?: Json };

export type ReminderBody = {
  readonly description?: string;
  readonly promotion?: { readonly cartPriceRule: string; readonly codeLasts?: string };
  readonly join: "all" | "any";
  readonly triggers: readonly Trigger[];
  readonly rule?: Json;
  readonly repeat?: string;
  readonly template: string | null;
  readonly title?: string;
  readonly promotionText?: string;
  readonly repeatable?: boolean;
  readonly quietPeriod?: string;
  readonly guests?: boolean;
  readonly controlShare?: number;
  readonly timezone?: string;
};

export type DueCustomer = {
  readonly profileId: string;
  readonly step: number | null;
  readonly why: string | null;
  readonly control: boolean;
};
export type ReminderRun = {
  readonly id: string;
  readonly state: string;
  readonly startedAt: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly error: string | null;
};
