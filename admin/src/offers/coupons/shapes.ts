import type { Money } from "../../api/shapes.ts";

export type Pool = {
  readonly id: string;
  readonly ruleKey: string;
  readonly name: string;
  readonly createdAt: string;
  readonly createdBy: string;
  /** Since when its codes open nothing; null = it is in use. */
  readonly archivedAt: string | null;
};

export const codeFormats = ["alphanumeric", "alphabetic", "numeric"] as const;
export type CodeFormat = (typeof codeFormats)[number];

/** The shape of codes; the server holds what is left out. */
export type CodeSpec = {
  readonly format: CodeFormat;
  /** Random characters, without prefix, suffix and dashes. */
  readonly length: number;
  readonly prefix: string;
  readonly suffix: string;
  /** A dash after so many characters; 0 = none. */
  readonly dashEvery: number;
  readonly avoidLookalikes: boolean;
};

export type Generation = {
  readonly id: string;
  readonly status: "queued" | "running" | "done" | "cancelled" | "failed";
  readonly quantity: number;
  readonly done: number;
  readonly spec: CodeSpec & { readonly limit: number | null; readonly expires: string | null };
  /** 0..1, of one guess of this shape. */
  readonly guessRatio: number;
  readonly error: string | null;
  readonly createdAt: string;
  readonly createdBy: string;
};

export type PoolDetail = Pool & {
  readonly codes: number;
  readonly usedCodes: number;
  readonly generations: readonly Generation[];
};

export type Code = {
  readonly code: string;
  readonly limit: number | null;
  readonly expires: string | null;
  readonly used: number;
  readonly createdAt: string;
};

export type NewCodes = CodeSpec & {
  readonly quantity: number;
  readonly limit?: number | undefined;
  readonly expires?: string | undefined;
  /** The largest that the server may accept. */
  readonly maxGuessRatio?: number | undefined;
};

export type ImportReport = {
  readonly imported: number;
  readonly known: number;
  readonly faulty: number;
  readonly faults: readonly { readonly path: string; readonly code: string; readonly message: string }[];
};

type Sales = { readonly orders: number; readonly subtotal: Money; readonly discount: Money; readonly total: Money };

export type CouponUses = {
  readonly period: string | null;
  readonly ruleKey: string | null;
  readonly code: string | null;
  readonly storeView: string | null;
  readonly uses: number;
  readonly orders: number;
  readonly granted: Money;
  readonly sales: Sales;
  readonly invoiced: Sales;
};
