import type { EventStorePrivacy } from "../measurement/index.ts";
import type { Person } from "../profiles/index.ts";
import { anonymiseEvent } from "./anonymise-event.ts";
import type { ErasureOf, PrivacyParticipant } from "./participant.ts";

/** What stays of an erased person's events without the person: the money facts of orders (profiles-and-journeys G.3). */
export const orderTypes = "^(order|completeCheckout$)";
const everyType = "";

/** Identifiers, and keys that name the person in events which found no owner. */
async function withOrphans(store: EventStorePrivacy, person: Person): Promise<Person> {
  const orphans = (await store.orphanKeys(person)).map((key) => {
    const colon = key.indexOf(":");
    return { namespace: key.slice(0, colon), value: key.slice(colon + 1), validFrom: 0, validTo: null };
  });
  return orphans.length === 0 ? person : { ...person, identifiers: [...person.identifiers, ...orphans] };
}

/** Deletes a person's rows of the event store; before that, what stays of them is written anew without the person. */
export async function eraseEvents(store: EventStorePrivacy, { person, mode, requestId }: ErasureOf): Promise<number> {
  const whole = await withOrphans(store, person);
  const types = await store.eventColumns();
  let page = 0;
  for await (const rows of store.eventsOf(whole, mode === "anonymise" ? everyType : orderTypes)) {
    // A repeat after a crash makes the same rows under the same token and the same sort key.
    const copies = rows.map((row) => anonymiseEvent(row, types, requestId));
    await store.insertEvents(copies, `${requestId}-${page}`);
    page += 1;
  }
  return store.erase(whole);
}

async function* eachRow(pages: AsyncIterable<readonly object[]>): AsyncGenerator<object> {
  for await (const rows of pages) yield* rows;
}

const jsonColumns = ["properties", "context", "extra"] as const;

/** An event with its JSON columns parsed, as people read it. */
async function* readableEvents(store: EventStorePrivacy, person: Person): AsyncGenerator<object> {
  for await (const row of eachRow(store.eventsOf(await withOrphans(store, person)))) {
    const parsed = Object.fromEntries(
      jsonColumns.flatMap((name) => {
        const text: unknown = (row as Readonly<Record<string, unknown>>)[name];
        return typeof text === "string" ? [[name, JSON.parse(text) as unknown]] : [];
      }),
    );
    yield { ...row, ...parsed };
  }
}

async function* onlyTable(
  store: EventStorePrivacy,
  person: Person,
  isIn: (table: string) => boolean,
): AsyncGenerator<object> {
  for await (const { table, row } of store.otherRowsOf(person))
    if (isIn(table)) yield table === "exposures" ? row : { table, ...row };
}

/** The event store's part in privacy requests. */
export function createEventsParticipant(store: EventStorePrivacy): PrivacyParticipant {
  return {
    name: "events",
    tables: [],
    eraseElsewhere: (erasure) => eraseEvents(store, erasure),
    exports: [
      { file: "events", rows: (person) => readableEvents(store, person) },
      { file: "decisions", rows: (person) => onlyTable(store, person, (table) => table === "exposures") },
      { file: "event-store", rows: (person) => onlyTable(store, person, (table) => table !== "exposures") },
    ],
  };
}
