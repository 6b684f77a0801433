import type { Clock } from "../kernel/index.ts";
import type { CompiledRule, EventLeafSpec, RuleNode, RuleObject } from "../kernel/rules/index.ts";
import type { OwnedIdentifier, ProfileState } from "../profiles/index.ts";
import { ownersBeside, withMembers } from "./account-members.ts";
import { type ProfileSource, type ScannedProfile, withIdentifiers } from "./backfill.ts";
import { countLeaves, type PastEvents, type RowsByProfile } from "./count-leaves.ts";
import { confidence, type Estimate, estimateCount } from "./estimate.ts";
import type { FillOf } from "./leaf-state.ts";
import { type JudgedProfile, type SubjectOptions, subjectOf } from "./shop-subject.ts";

export type SamplePerson = { readonly profileId: string; readonly label: string };

export type Preview = Estimate & {
  readonly total: number;
  /** Profiles that were looked at. */
  readonly seen: number;
  readonly exact: boolean;
  /** `sampled`: the time limit came first; `in_call`: the rule looks at the request, so it has no stored members. */
  readonly exactness: "exact" | "sampled" | "in_call";
  readonly confidence: number;
  /** Ten of them. */
  readonly sample: readonly SamplePerson[];
  readonly tookMs: number;
};

/** Whom to count: a rule, and what else decides membership. */
export type Selection = {
  readonly rule: CompiledRule;
  /** Everything that decides stored membership, as a tree: for the event store. */
  readonly node: RuleNode;
  /** The rule looks at the request, by itself or through another audience. */
  readonly isInCall: boolean;
  /** False for profiles that can never be members. */
  readonly isEligible?: (profile: JudgedProfile) => boolean;
};

type SampledProfile = ScannedProfile & { readonly hash: number };
export type SampleSource = Pick<ProfileSource, "linksOf" | "count" | "scan" | "accounts"> & {
  /** Everybody in order of a hash of the id: the first pages are a fair sample. */
  readonly sample: (
    after: { readonly hash: number; readonly profileId: string } | null,
    limit: number,
  ) => Promise<readonly SampledProfile[]>;
};

export type PreviewDeps = {
  readonly profiles: SampleSource;
  readonly past: PastEvents;
  readonly clock: Clock;
  readonly productOf: (sku: string) => RuleObject | undefined;
  readonly isFilled: (leafHash: string) => boolean;
  readonly fillOf: FillOf;
  readonly subjectOptions: (nowMs: number) => SubjectOptions;
};

/** Of the two seconds that people wait. */
const limitMs = 1_700;
const firstPage = 250;
/** Events of few people lie as far apart as those of many: 250 cost the event store two thirds of what 1,000 do. */
const firstPageOfEvents = 1_000;
const maxPage = 2_000;
const shownSamples = 10;

/** A predicate over profiles at one time; leaves that profiles do not keep come from `past`. */
export function createPageJudge(
  { rule, isEligible = () => true }: Selection,
  options: SubjectOptions,
): (profile: JudgedProfile, past: RowsByProfile) => boolean {
  const { nowMs } = options;
  return (profile, past) => {
    if (!isEligible(profile)) return false;
    const own = past.get(profile.profileId);
    const memberRows = rowsIn(past);
    const extraLeaves = own && ((hash: string) => own.get(hash));
    return rule.test(subjectOf(profile, { ...options, memberRows, ...(extraLeaves ? { extraLeaves } : {}) }), nowMs);
  };
}

type RowsOf = (profileId: string, hash: string) => readonly number[] | undefined;
const readers = new WeakMap<RowsByProfile, RowsOf>();

/** The same function for the same rows, so that members of accounts are worked out once a page. */
function rowsIn(past: RowsByProfile): RowsOf {
  const known = readers.get(past);
  const reader: RowsOf = known ?? ((profileId, hash) => past.get(profileId)?.get(hash));
  if (!known) readers.set(past, reader);
  return reader;
}

/** Leaves of the rule whose events profiles do not keep. */
export function missingLeaves(rule: CompiledRule, isFilled: (hash: string) => boolean): readonly EventLeafSpec[] {
  return rule.eventLeaves.filter(({ hash }) => !isFilled(hash));
}

/** Counts whom a rule would select, by looking at a fair sample of the profiles for at most two seconds. */
export async function previewRule(selection: Selection, deps: PreviewDeps): Promise<Preview> {
  const startedAt = performance.now();
  const took = (): number => Math.round(performance.now() - startedAt);
  const { rule } = selection;
  const total = await deps.profiles.count();
  if (selection.isInCall) return { ...notStored(total), tookMs: took() };
  const leaves = missingLeaves(rule, deps.isFilled);
  const nowMs = deps.clock.now();
  const isSelected = createPageJudge(selection, deps.subjectOptions(nowMs));
  let [seen, hits, size] = [0, 0, leaves.length > 0 ? firstPageOfEvents : firstPage];
  const found: JudgedProfile[] = [];
  let after: { hash: number; profileId: string } | null = null;
  let isWhole = false;
  for (let pageMs = 0; performance.now() - startedAt + pageMs < limitMs; ) {
    const pageAt = performance.now();
    const page: readonly SampledProfile[] = await deps.profiles.sample(after, size);
    const [identified, past] = await readPage(page, { rule, leaves, nowMs }, deps);
    for (const profile of identified) {
      seen += 1;
      if (!isSelected(profile, past)) continue;
      hits += 1;
      if (found.length < shownSamples) found.push(profile);
    }
    const last = page.at(-1);
    isWhole = page.length < size;
    if (isWhole || !last) break;
    after = { hash: last.hash, profileId: last.profileId };
    pageMs = performance.now() - pageAt;
    // The next page takes about a quarter of what is left.
    const left = limitMs - (performance.now() - startedAt);
    size = Math.max(50, Math.min(maxPage, Math.floor((size * left) / (4 * Math.max(1, pageMs)))));
    pageMs = Math.min(pageMs, left / 4);
  }
  const sample = found.map(({ profileId, identifiers, state }) => ({ profileId, label: labelOf(identifiers, state) }));
  const estimate = estimateCount(hits, seen, isWhole ? seen : Math.max(total, seen));
  const exactness = isWhole ? "exact" : "sampled";
  return {
    ...estimate,
    total: Math.max(total, seen),
    seen,
    exact: isWhole,
    exactness,
    confidence,
    sample,
    tookMs: took(),
  };
}

function notStored(total: number): Omit<Preview, "tookMs"> {
  const none = { count: 0, share: 0, low: 0, high: 0, margin: 0 };
  return { ...none, total, seen: 0, exact: false, exactness: "in_call", confidence, sample: [] };
}

/** Profiles with what a rule reads of them: identifiers, members of accounts, past events of these leaves. */
export async function readPage(
  page: readonly ScannedProfile[],
  { rule, leaves, nowMs }: { rule: CompiledRule; leaves: readonly EventLeafSpec[]; nowMs: number },
  { past, productOf, profiles, fillOf }: Pick<PreviewDeps, "past" | "productOf" | "profiles" | "fillOf">,
): Promise<readonly [profiles: readonly JudgedProfile[], past: RowsByProfile]> {
  const judged = await withMembers(await withIdentifiers(page, profiles), rule.accountLeaves ?? [], {
    accounts: profiles.accounts,
    fillOf,
  });
  if (leaves.length === 0) return [judged, new Map()];
  const of = [...judged, ...(await ownersBeside(judged, profiles.linksOf))];
  return [judged, (await countLeaves({ past, leaves, cutoff: nowMs, of, productOf })) ?? new Map()];
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

/** A label for those who may not see personal data: first letters of its parts, and the end of an address's domain. */
export function maskedLabel(label: string): string {
  const [name = "", domain] = label.split("@");
  const masked = name
    .split(/\s+/)
    .map((part) => `${[...part][0] ?? ""}•••`)
    .join(" ");
  return domain === undefined ? masked : `${masked}@•••${domain.slice(domain.lastIndexOf("."))}`;
}
