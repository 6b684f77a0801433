/** Answers of `/v1/tracking/*` as the admin reads them. */
export type SeenEvent = {
  readonly sourceId: string;
  readonly type: string;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  readonly total: number;
  readonly violations: number;
  readonly violationRatio: number;
  readonly shape: readonly string[];
  readonly near: readonly string[];
};

export type PlanViolation = {
  readonly lastHour: string;
  readonly sourceId: string;
  readonly type: string;
  readonly kind: string;
  readonly path: string;
  readonly planKey: string;
  readonly count: number;
  readonly message: string;
};

export type VolumeAnomaly = {
  readonly hour: string;
  readonly sourceId: string;
  readonly type: string;
  readonly count: number;
  readonly expected: number;
  readonly deviation: number;
};
