// Runs in a worker thread: matching takes tens of seconds for 100,000 people, and requests must not wait for it.
import { parentPort } from "node:worker_threads";
import { createMatcher, type MatchOptions, type MatchResult } from "./match-records.ts";
import { normalisePerson } from "./normalise-person.ts";
import type { PersonFacts } from "./person-record.ts";

export type MatchRequest =
  | { readonly kind: "add"; readonly people: readonly PersonFacts[]; readonly wanted: readonly boolean[] }
  | ({ readonly kind: "match" } & MatchOptions);
export type MatchAnswer = { readonly kind: "added" } | { readonly kind: "matched"; readonly result: MatchResult };

const matcher = createMatcher();

function answer(request: MatchRequest): MatchAnswer {
  if (request.kind === "match") return { kind: "matched", result: matcher.match(request) };
  for (const [index, person] of request.people.entries())
    matcher.add(normalisePerson(person), request.wanted[index] ?? true);
  return { kind: "added" };
}

parentPort?.on("message", (request: MatchRequest) => parentPort?.postMessage(answer(request)));
