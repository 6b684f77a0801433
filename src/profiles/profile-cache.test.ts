import { expect, it } from "vitest";
import { emptyState } from "./empty-state.ts";
import type { Link } from "./identity-graph.ts";
import { createProfileCache } from "./profile-cache.ts";

const key = "anonymous_id:v-1";
const link: Link = {
  namespace: "anonymous_id",
  value: "v-1",
  profileId: "p-1",
  validFrom: 0,
  validTo: null,
  verified: false,
  firstSeenAt: 0,
  linkedAt: 0,
  rivals: null,
};
const profileOf = (version: number) => ({
  profileId: "p-1",
  version,
  createdAt: 0,
  identifiers: [],
  state: emptyState(0),
  links: [link],
  mergeCount: 0,
  evidencePosition: "",
  cachedAt: 0,
});

it("keeps what a batch committed while an older read was under way", () => {
  const cache = createProfileCache(10, Number.POSITIVE_INFINITY);

  const read = cache.beginRead();
  cache.putLinks(key, [link], 1);
  cache.put(profileOf(2));
  read.putLinks(key, [], 0);
  read.put(profileOf(1));
  read.end();

  expect(cache.links(key, 2)).toEqual([link]);
  expect(cache.profile("p-1", 2)?.version).toBe(2);
});

it("does not bring back what was forgotten while a read was under way", () => {
  const cache = createProfileCache(10, Number.POSITIVE_INFINITY);

  const read = cache.beginRead();
  cache.forgetLinks(key);
  read.putLinks(key, [link], 0);
  read.end();

  expect(cache.links(key, 1)).toBeUndefined();
});

it("keeps what a read found when nothing was written meanwhile", () => {
  const cache = createProfileCache(10, Number.POSITIVE_INFINITY);
  cache.put(profileOf(1));

  const read = cache.beginRead();
  read.putLinks(key, [link], 0);
  read.put(profileOf(2));
  read.end();

  expect(cache.links(key, 1)).toEqual([link]);
  expect(cache.profile("p-1", 1)?.version).toBe(2);
});
