import { type CompiledRule, type EventLeafSpec, mergeLeafRows } from "../kernel/rules/index.ts";
import type { OwnedIdentifier, ProfileState } from "../profiles/index.ts";
import type { AudienceSet } from "./audience-set.ts";
import { type BackfillDeps, rowsByProfile, withIdentifiers } from "./backfill.ts";
import { type JudgedProfile, type SubjectOptions, subjectOf } from "./shop-subject.ts";

type Sample = { readonly profileId: string; readonly label: string };

export type Preview = {
  /** Profiles that the rule selects, counted or estimated. */
  readonly count: number;
  /** 0..1 of all profiles. */
  readonly share: number;
  readonly total: number;
  readonly exact: boolean;
  /** `sampled`: the time limit came first; `in_call`: the rule looks at the request, so it has no stored members. */
  readonly exactness: "exact" | "sampled" | "in_call";
  /** Half width of the 95 % interval, in profiles; 0 when exact. */
  readonly margin: number;
  readonly samples: readonly Sample[];
  readonly tookMs: number;
};

export type PreviewDeps = Pick<BackfillDeps, "profiles" | "eventsOfTypes" | "clock" | "productOf" | "current"> & {
  readonly isFilled: (leafHash: string) => boolean;
  readonly subjectOptions: (nowMs: number) => SubjectOptions;
};

const limitMs = 2000;
const pageSize = 1000;
const shownSamples = 10;

/** Counts whom a rule would select, by looking at the profiles for at most two seconds. */
export async function previewRule(rule: CompiledRule, deps: PreviewDeps): Promise<Preview> {
  const startedAt = performance.now();
  const timeLeft = (share: number): boolean => performance.now() - startedAt < limitMs * share;
  const total = await deps.profiles.count();
  const took = (): number => Math.round(performance.now() - startedAt);
  if (rule.usesContext) {
    return { count: 0, share: 0, total, exact: false, exactness: "in_call", margin: 0, samples: [], tookMs: took() };
  }
  const past = await pastRows(rule, deps, () => timeLeft(0.5));
  const nowMs = deps.clock.now();
  const shared = deps.subjectOptions(nowMs);
  let [seen, hits] = [0, 0];
  const found: JudgedProfile[] = [];
  let after: string | null = null;
  while (timeLeft(1)) {
    const page: Awaited<ReturnType<typeof deps.profiles.scan>> = await deps.profiles.scan(after, pageSize);
    for (const profile of await withIdentifiers(page, deps.profiles)) {
      const own = past.rows.get(profile.profileId);
      const subject = subjectOf(profile, { ...shared, extraLeaves: (hash) => own?.get(hash) });
      seen += 1;
      if (!rule.test(subject, nowMs)) continue;
      hits += 1;
      if (found.length < shownSamples) found.push(profile);
    }
    if (page.length < pageSize) {
      after = null;
      break;
    }
    after = page.at(-1)?.profileId ?? null;
  }
  const isExact = after === null && past.isComplete;
  const samples = found.map(({ profileId, identifiers, state }) => ({ profileId, label: labelOf(identifiers, state) }));
  return { ...estimate(hits, seen, Math.max(total, seen), isExact), samples, tookMs: took() };
}

/** Events of leaves that no live audience collects, straight from the event store. */
async function pastRows(
  rule: CompiledRule,
  deps: PreviewDeps,
  hasTime: () => boolean,
): Promise<{ readonly rows: Map<string, Map<string, readonly number[]>>; readonly isComplete: boolean }> {
  const set: AudienceSet = deps.current();
  const isKept = ({ hash }: EventLeafSpec): boolean => set.leaves.has(hash) && deps.isFilled(hash);
  const leaves = rule.eventLeaves.filter((leaf) => !isKept(leaf));
  if (leaves.length === 0) return { rows: new Map(), isComplete: true };
  const rows = new Map<string, Map<string, readonly number[]>>();
  for await (const events of deps.eventsOfTypes([...new Set(leaves.flatMap(({ names }) => names))])) {
    for (const [profileId, own] of rowsByProfile(events, leaves, deps.productOf)) {
      const known = rows.get(profileId);
      if (!known) rows.set(profileId, own);
      else
        for (const leaf of leaves)
          known.set(leaf.hash, mergeLeafRows(leaf.hash, known.get(leaf.hash) ?? [], own.get(leaf.hash) ?? []));
    }
    if (!hasTime()) return { rows, isComplete: false };
  }
  return { rows, isComplete: true };
}

function estimate(hits: number, seen: number, total: number, isExact: boolean): Omit<Preview, "samples" | "tookMs"> {
  const share = seen === 0 ? 0 : hits / seen;
  if (isExact || seen === 0)
    return { count: hits, share, total, exact: isExact, exactness: isExact ? "exact" : "sampled", margin: 0 };
  const deviation = Math.sqrt((share * (1 - share)) / seen) * Math.sqrt(Math.max(0, 1 - seen / total));
  const margin = Math.ceil(1.96 * deviation * total);
  return { count: Math.round(share * total), share, total, exact: false, exactness: "sampled", margin };
}

/** A name for lists: the strongest thing a person is known by. */
export function labelOf(identifiers: readonly OwnedIdentifier[], state?: ProfileState): string {
  const name = ["first_name", "last_name"]
    .map((key) => state?.attributes[key]?.value)
    .filter((part) => typeof part === "string");
  if (name.length > 0) return name.join(" ");
  const open = identifiers.filter(({ validTo }) => validTo === null);
  const best = ["email", "user_id"].flatMap((namespace) => open.find((each) => each.namespace === namespace) ?? [])[0];
  return (best ?? open[0])?.value ?? "unknown";
}
