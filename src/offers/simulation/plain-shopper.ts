// A shopper between processes: read in the one that has profiles, judged in the thread that has none.
import type { Collection, RuleObject, RuleSubject } from "../../kernel/rules/index.ts";
import type { RuleNeeds } from "./rule-needs.ts";
import type { PlainShopper } from "./simulation-job.ts";

export type KnownShopper = Pick<PlainShopper, "customerId" | "customerGroup"> & { readonly subject: RuleSubject };

const mostElements = 200;

/** Copies what the rules ask of a shopper. */
export function plainShopper({ subject, customerId, customerGroup }: KnownShopper, needs: RuleNeeds): PlainShopper {
  const told = <T>(names: ReadonlySet<string>, of: (name: string) => T | undefined): Record<string, T> =>
    Object.fromEntries([...names].flatMap((name) => entryOf(name, of(name))));
  return {
    ...{ customerId, customerGroup },
    profile: told(needs.profile, (name) => plain(subject.profile?.[name])),
    memberOf: told(needs.audiences, (id) => subject.member?.(id)?.since),
    outsideSince: told(needs.audiences, (id) => subject.outsideSince?.(id)),
    eventTimes: told(needs.leaves, (hash) => subject.eventTimes?.(hash)),
    lists: told(
      new Set([...needs.collections].filter((of) => of !== "cart" && of !== "order" && of !== "event")),
      // Names that are no collection have no list.
      (of) => plain(subject.list?.(of as Collection)?.slice(0, mostElements)) as readonly RuleObject[] | undefined,
    ),
    consents: told(needs.consents, (name) => {
      const [category = "", channel] = name.split("/");
      return subject.consent?.(category, channel);
    }),
    inLists: [...needs.lists].filter((id) => subject.inList?.(id) === true),
    bucketValue: subject.bucketValue ?? "",
  };
}

const entryOf = <T>(name: string, value: T | undefined): readonly (readonly [string, T])[] =>
  value === undefined ? [] : [[name, value]];

/** Getters become values; functions and cycles cannot stand in what rules read. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

/** The shopper as compiled rules want him. */
export function subjectFrom(shopper: PlainShopper, more: Pick<RuleSubject, "context" | "productOf">): RuleSubject {
  const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
    Object.hasOwn(record, name) ? record[name] : undefined;
  const inLists = new Set(shopper.inLists);
  return {
    ...more,
    profile: shopper.profile,
    list: (of) => own(shopper.lists, of) ?? [],
    eventTimes: (hash) => own(shopper.eventTimes, hash) ?? [],
    member: (id) => {
      const since = own(shopper.memberOf, id);
      return since === undefined ? undefined : { since };
    },
    outsideSince: (id) => own(shopper.outsideSince, id),
    consent: (category, channel) => own(shopper.consents, channel === undefined ? category : `${category}/${channel}`),
    inList: (id) => inLists.has(id),
    bucketValue: shopper.bucketValue,
  };
}
