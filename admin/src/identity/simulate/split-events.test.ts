import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitEvents } from "./split-events.ts";

const eventsOf = (text: string) => splitEvents(text).events.map(({ event }) => event);

describe("a pasted text", () => {
  it("gives the same events one a line, as a list, as an indented list and as a request", () => {
    // A list called "messages" would make the event a request; a text may hold anything.
    const key = fc.string().filter((name) => !["messages", "events", "__proto__"].includes(name));
    const value = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.dictionary(key, fc.string()));
    const list = fc.array(fc.dictionary(key, value), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(list, (given) => {
        const plain = JSON.parse(JSON.stringify(given));
        for (const text of [
          plain.map((event: object) => JSON.stringify(event)).join("\n"),
          JSON.stringify(plain),
          JSON.stringify(plain, null, 2),
          JSON.stringify({ messages: plain }),
        ])
          expect(splitEvents(text)).toEqual({
            events: plain.map((event: object) => ({ event, line: expect.any(Number) })),
            faults: [],
          });
      }),
    );
  });

  it("is at fault at the line of the event that is broken, and the others are read", () => {
    const text = '{"type": "signIn"}\n{"type": signIn}\n{\n  "type": "}{",\n  "n": 1\n}\n';
    expect(splitEvents(text)).toEqual({
      events: [
        { event: { type: "signIn" }, line: 1 },
        { event: { type: "}{", n: 1 }, line: 3 },
      ],
      faults: [{ line: 2, kind: "json" }],
    });
  });

  it("is at fault where an event is never closed, and where there is something else between events", () => {
    expect(splitEvents('{"type": "signIn"}\n{"type": "signOut"').faults).toEqual([{ line: 2, kind: "open" }]);
    expect(splitEvents('hello there\n{"type": "signIn"}\n"text"').faults).toEqual([
      { line: 1, kind: "between" },
      { line: 3, kind: "between" },
    ]);
  });

  it("may be empty", () => {
    expect(eventsOf("")).toEqual([]);
    expect(eventsOf(" [ ]\n")).toEqual([]);
  });
});
