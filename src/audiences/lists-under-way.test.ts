import { PassThrough, Readable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFixedClock } from "../kernel/index.ts";
import type { PersonIdentifier } from "../profiles/index.ts";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";
import { codesOfPerson, createListPrivacy } from "./list-privacy.ts";
import { createLists } from "./lists.ts";
import { createListStore, type ListStore } from "./store-lists.ts";
import { createListPrivacyStore } from "./store-privacy.ts";

let engines: TestEngines;
beforeAll(async () => {
  engines = await openTestEngines(["audiences"]);
});
afterAll(() => engines.close());

const identifier = (namespace: string, value: string): PersonIdentifier => ({
  namespace,
  value,
  validFrom: 0,
  validTo: null,
});
const ada = { profileIds: [], identifiers: [identifier("email", "ada@shop.example")] };
const options = { mode: "replace", hashed: false, isPlain: true, by: "test" } as const;
let count = 0;

/** Lists on the real store, with one that is empty; `meanwhile` happens while the first version is being written. */
async function setUp(meanwhile: () => void = () => undefined) {
  const store = createListStore(engines.postgres);
  let isFirst = true;
  const watched: ListStore = {
    ...store,
    replace: async (...given) => {
      const done = await store.replace(...given);
      if (isFirst) meanwhile();
      isFirst = false;
      return done;
    },
  };
  const lists = createLists({
    store: watched,
    clock: createFixedClock(0),
    changed: () => undefined,
    usersOf: () => [],
  });
  count += 1;
  const key = `list-${count}`;
  await lists.create({ key, name: key, namespace: "email" }, "test");
  const privacy = createListPrivacy(createListPrivacyStore(engines.postgres), lists);
  const stored = async () => {
    const { id, version, size } = lists.find(key);
    return { entries: (await store.entries(id, version)).length, size, memory: lists.find(key).entries.length };
  };
  return { key, lists, privacy, stored };
}

describe("a person who is erased while a file with them is uploaded", () => {
  it("is left out of it when its line was read already", async () => {
    const { key, lists, privacy, stored } = await setUp();
    const file = new PassThrough();
    const uploaded = lists.upload(key, file, options);
    file.write("ada@shop.example\nbob@shop.example\n");
    while (file.readableLength > 0) await turn();
    privacy.forget(ada);
    await privacy.eraseElsewhere({ person: ada });
    file.end("cleo@shop.example\n");
    await uploaded;
    expect(await stored()).toEqual({ entries: 2, size: 2, memory: 2 });
  });

  it("is left out of it when it is being stored", async () => {
    let forget = (): void => undefined;
    const { key, lists, privacy, stored } = await setUp(() => forget());
    forget = () => privacy.forget(ada);
    await lists.upload(key, Readable.from(["ada@shop.example\nbob@shop.example\n"]), options);
    expect(await stored()).toEqual({ entries: 1, size: 1, memory: 1 });
    // An erasure may be repeated; there is nothing left to delete.
    expect(await privacy.eraseElsewhere({ person: ada })).toBe(0);
  });

  it("stays away from what is appended to a list that had them", async () => {
    const { key, lists, privacy, stored } = await setUp();
    await lists.upload(key, Readable.from(["ada@shop.example\n"]), options);
    const file = new PassThrough();
    const uploaded = lists.upload(key, file, { ...options, mode: "append" });
    file.write("bob@shop.example\n");
    while (file.readableLength > 0) await turn();
    privacy.forget(ada);
    expect(await privacy.eraseElsewhere({ person: ada })).toBe(1);
    file.end();
    await uploaded;
    expect(await stored()).toEqual({ entries: 1, size: 1, memory: 1 });
  });
});

it("takes two persons out of one part at the same time", async () => {
  const { key, lists, privacy, stored } = await setUp();
  const people = Array.from({ length: 20 }, (_, n) => `p${n}@shop.example`);
  await lists.upload(key, Readable.from([people.join("\n")]), options);
  await Promise.all(
    people
      .slice(0, 10)
      .map((value) =>
        privacy.eraseElsewhere({ person: { profileIds: [], identifiers: [identifier("email", value)] } }),
      ),
  );
  expect(await stored()).toMatchObject({ entries: 10 });
});

it("knows a person by every form in which they may be in a list, but not by what is somebody else's now", () => {
  const person = {
    identifiers: [
      identifier("email", "ada@shop.example"),
      identifier("phone", "+16502530000"),
      { ...identifier("user_id", "given-up"), validTo: 5 },
    ],
  };
  expect(codesOfPerson(person, "email")).toEqual(codesOfPerson(person, "email_sha256"));
  expect(codesOfPerson(person, "phone")).toHaveLength(2);
  expect(codesOfPerson(person, "user_id")).toEqual([]);
  expect(codesOfPerson(person, "loyalty_id")).toEqual([]);
});
