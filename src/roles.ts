import type { Role } from "./config.ts";

/** What a process of a role runs. One process may have several roles; the default has all. */
export const roleTable: Readonly<
  Record<
    Role,
    { readonly routes: boolean; readonly processing: boolean; readonly schedules: boolean; readonly training: boolean }
  >
> = {
  http: { routes: true, processing: false, schedules: false, training: false },
  processor: { routes: false, processing: true, schedules: false, training: false },
  scheduler: { routes: false, processing: false, schedules: true, training: false },
  trainer: { routes: false, processing: false, schedules: false, training: true },
};

/** True when one of the roles runs the part. */
export function runs(roles: readonly Role[], part: "routes" | "processing" | "schedules" | "training"): boolean {
  return roles.some((role) => roleTable[role][part]);
}
