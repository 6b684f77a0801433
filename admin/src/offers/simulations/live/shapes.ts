import type { Both, Report, SampledOrder } from "../shapes.ts";

export type ShadowRun = {
  readonly id: string;
  readonly name: string;
  readonly status: "running" | "stopped" | "ended";
  readonly settings: { readonly trusted?: boolean };
  readonly coverage: {
    readonly seen: number;
    readonly judged: number;
    readonly superseded: number;
    readonly dropped: number;
    readonly failed: number;
  };
  readonly createdAt: string;
  readonly createdBy: string;
  readonly endsAt: string;
  readonly stoppedAt: string | null;
};

export type ShadowDay = {
  readonly day: string;
  readonly currency: string;
  readonly orders: number;
  readonly changed: number;
  readonly bought: number;
  readonly discount: Both;
};

export type ShadowReport = Report & {
  readonly bought: { readonly orders: number; readonly changed: number };
  readonly days: readonly ShadowDay[];
};

export type ShadowCart = {
  readonly at: string;
  readonly currency: string;
  readonly subtotal: number;
  readonly discount: Both;
  readonly isBought: boolean;
  readonly sample: SampledOrder | null;
};
