import { ClienteleError, type ErrorDetail } from "../../kernel/index.ts";
import { type AudienceName, audienceIdOf } from "./audience-transitions.ts";
import type { DestinationConfig, OutboxItem } from "./destination.ts";

/** Where the names of audiences come from. */
export type AudienceSource = {
  /** Of a live one, from memory. */
  readonly nameOf: (reference: string) => AudienceName | undefined;
  /** Of any, also one that has ended. @throws {ClienteleError} `definitions.notFound` */
  readonly find: (reference: string) => Promise<AudienceName>;
};

/** Names of the audiences whose transitions are among the items; those that nobody knows are missing. */
export type AudienceLookup = (items: readonly (OutboxItem | null)[]) => Promise<ReadonlyMap<string, AudienceName>>;

async function findAny({ nameOf, find }: AudienceSource, reference: string): Promise<AudienceName | undefined> {
  const live = nameOf(reference);
  if (live) return live;
  try {
    return await find(reference);
  } catch (error) {
    if (error instanceof ClienteleError && error.status === 404) return undefined;
    throw error;
  }
}

export function createAudienceLookup(source: AudienceSource): AudienceLookup {
  return async (items) => {
    const ids = new Set(items.flatMap((item) => (item?.isTransition ? [audienceIdOf(item.event)] : [])));
    const names = new Map<string, AudienceName>();
    for (const id of ids) {
      const name = await findAny(source, id);
      if (name) names.set(id, name);
    }
    return names;
  };
}

/** Faults of the audiences that a configuration names: each must exist, live or not. */
export async function audienceFaults(
  { audiences }: DestinationConfig,
  source: AudienceSource,
): Promise<readonly ErrorDetail[]> {
  if (audiences === undefined || typeof audiences === "string") return [];
  const faults: ErrorDetail[] = [];
  for (const [index, reference] of audiences.entries())
    if (!(await findAny(source, reference)))
      faults.push({
        path: `/config/audiences/${index}`,
        code: "connectors.invalid",
        message: `there is no audience ${reference}`,
      });
  return faults;
}
