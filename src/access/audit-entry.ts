/** From where a change came. */
export type Via = "ui" | "api" | "schedule" | "import" | "cli";

/** One change to record; `before` and `after` are JSON images of the object, null where there is none. */
export type AuditInput = {
  readonly actor: string;
  readonly via: Via;
  readonly action: string;
  readonly objectKind: string;
  readonly objectId: string;
  readonly before: object | null;
  readonly after: object | null;
  readonly requestId: string | null;
};

/** An entry that is written some time after what it tells of. */
export type PastAuditInput = AuditInput & { readonly atMs: number };

export type AuditEntry = AuditInput & {
  readonly seq: number;
  readonly id: string;
  readonly at: string;
  readonly hash: string;
};

export type AuditFilter = {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  /** Actions that are left out. */
  readonly exceptActions?: readonly string[] | undefined;
  readonly objectKind?: string | undefined;
  readonly objectId?: string | undefined;
  /** ISO times, half-open. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
};

export type AuditCheck = { readonly ok: boolean; readonly checked: number; readonly brokenAt?: number };
