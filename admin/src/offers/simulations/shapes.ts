export type Both = { readonly live: number; readonly draft: number };
export type SimulationSettings = {
  readonly changes?: readonly { readonly key: string; readonly name?: string; readonly remove?: boolean }[];
  readonly drafts?: boolean;
  readonly of?: "orders" | "carts";
  readonly days?: number;
  /** YYYY-MM-DD of the shop. */
  readonly from?: string;
  readonly to?: string;
  readonly orders?: number;
  readonly marginFloor?: number;
};
export type SimulationRun = {
  readonly id: string;
  readonly settings: SimulationSettings;
  readonly status: "running" | "done" | "cancelled" | "failed";
  readonly done: number;
  readonly total: number;
  readonly error: string | null;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly finishedAt: string | null;
};
/** What is replayed. */
export const replayedOf = ({ settings }: SimulationRun): "orders" | "carts" => settings.of ?? "orders";
export type Totals = {
  readonly currency: string;
  readonly orders: number;
  readonly changed: number;
  readonly better: number;
  readonly worse: number;
  readonly betterBy: number;
  readonly worseBy: number;
  readonly subtotal: number;
  readonly discount: Both;
  readonly margin: Both;
  readonly costedSubtotal: number;
  readonly belowFloor: Both;
};
export type RuleResult = {
  readonly key: string;
  readonly name: string;
  readonly isChanged: boolean;
  readonly orders: Both;
  readonly discount: readonly ({ readonly currency: string } & Both)[];
};
export type SampledOrder = {
  readonly day: string;
  readonly currency: string;
  readonly subtotal: number;
  readonly discount: Both;
  readonly lines: readonly {
    readonly sku: string;
    readonly name: string;
    readonly qty: number;
    readonly discount: Both;
  }[];
  readonly rules: readonly {
    readonly rule: string;
    readonly outcome: { readonly live: string | null; readonly draft: string | null };
    readonly failing?: string;
  }[];
};
export type Report = {
  readonly orders: number;
  readonly unreadable: number;
  readonly totals: readonly Totals[];
  readonly rules: readonly RuleResult[];
  readonly findings: readonly { readonly code: string; readonly text: string }[];
  readonly sample: readonly SampledOrder[];
};
export type Simulation = SimulationRun & { readonly result: Report | null };
