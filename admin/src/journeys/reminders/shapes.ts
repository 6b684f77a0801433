import type { Json } from "../../api/shapes.ts";

export type Trigger =
  | { readonly kind: "cart" | "wishlist"; readonly after: string; readonly where?: Json }
  | {
      readonly kind: "browse" | "replenishment";
      readonly after: string;
      readonly within: string;
      readonly where?: Json;
    }
  | { readonly kind: "price_drop"; readonly percent: number; readonly where?: Json }
  | {
      readonly kind: "back_in_stock";
      readonly within: string;
      readonly of?: readonly BackInStockSource[];
      readonly where?: Json;
    };

export type BackInStockSource = "viewed" | "wishlist" | "cart";
export type Channel = "email" | "sms" | "push";
/** Null = not selected. */
export type Templates = { readonly sms?: string | null; readonly push?: string | null };
/** Of customers of one store view; what is absent is as for all. */
export type StoreViewTexts = {
  readonly template?: string | null;
  readonly templates?: Templates;
  readonly title?: string;
  readonly promotionText?: string;
  readonly sender?: string;
};

export type ReminderBody = {
  readonly description?: string;
  readonly promotion?: { readonly cartPriceRule: string; readonly codeLasts?: string };
  readonly join: "all" | "any";
  readonly triggers: readonly Trigger[];
  readonly rule?: Json;
  readonly repeat?: string;
  readonly channels?: readonly Channel[];
  readonly template: string | null;
  readonly templates?: Templates;
  readonly byStoreView?: Readonly<Record<string, StoreViewTexts>>;
  readonly sender?: string;
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
  readonly label: string;
  readonly step: number | null;
  readonly why: string | null;
  readonly hindrance: string | null;
  readonly channel: string | null;
  readonly template: string | null;
  readonly title: string;
  readonly storeView: string;
  readonly products: readonly string[];
  readonly control: boolean;
  readonly explanation: unknown;
};

/** A text that some of those who are due would get. */
export type DueText = {
  readonly channel: string;
  readonly storeView: string;
  readonly template: string;
  readonly count: number;
};

/** Whom a draft would remind now. */
export type ReminderEstimate = {
  readonly checked: number;
  readonly isComplete: boolean;
  readonly due: number;
  readonly hindered: Readonly<Record<string, number>>;
  readonly texts: readonly DueText[];
  readonly samples: readonly DueCustomer[];
  readonly dates: readonly string[];
  readonly timezone: string;
};

type StoreFacts = {
  readonly name?: string;
  readonly url?: string;
  readonly accountUrl?: string;
  readonly logoUrl?: string;
  readonly sender?: string;
};
export type Frequency = { readonly every: number } | { readonly hourlyAt: number } | { readonly dailyAt: string };
/** How and when runs are made. */
export type ReminderSettings = {
  readonly enabled: boolean;
  readonly frequency: Frequency;
  readonly startAt: string | null;
  readonly maxMailsPerRun: number;
  readonly failureThreshold: number;
  readonly cap: { readonly mails: number; readonly days: number } | null;
  readonly sender: string;
  readonly stores: Readonly<Record<string, StoreFacts>>;
};
export type StoredSettings = {
  readonly settings: ReminderSettings;
  readonly etag: string;
  readonly lastRunAt: string | null;
  readonly nextRunAt: string | null;
  readonly timezone: string;
};
export type ReminderRun = {
  readonly id: string;
  readonly state: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly error: string | null;
};
