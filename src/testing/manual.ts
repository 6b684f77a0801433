import { readFileSync } from "node:fs";
import { expect } from "vitest";

/** One `curl` of a manual page with the answer printed under it, if there is one. */
export type Example = {
  readonly title: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly answer: unknown;
};

const block = /```sh\n(curl [\s\S]*?)\n```(?:\s*```json\n([\s\S]*?)\n```)?/g;
// A word of a shell line: bare, or in one kind of quotes.
const word = /"([^"]*)"|'([^']*)'|(\S+)/g;

function readCurl(command: string): Omit<Example, "title" | "answer"> {
  const words = [...command.replaceAll("\\\n", " ").matchAll(word)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? "",
  );
  let method: string | undefined;
  let body: string | undefined;
  let path = "";
  const headers: Record<string, string> = {};
  for (let at = 1; at < words.length; at += 1) {
    const [current = "", next = ""] = [words[at], words[at + 1]];
    if (current === "-X") method = next;
    else if (current === "-d") body = next;
    else if (current === "-H") {
      const colon = next.indexOf(":");
      headers[next.slice(0, colon).trim().toLowerCase()] = next.slice(colon + 1).trim();
    } else {
      path = current;
      continue;
    }
    at += 1;
  }
  return { method: method ?? (body === undefined ? "GET" : "POST"), path, headers, body };
}

/** Texts of `…` in a printed answer stand for anything. */
function matcherOf(value: unknown): unknown {
  if (value === "…") return expect.anything();
  if (Array.isArray(value)) return value.map(matcherOf);
  if (typeof value !== "object" || value === null) return value;
  return expect.objectContaining(
    Object.fromEntries(Object.entries(value).map(([key, child]) => [key, matcherOf(child)])),
  );
}

/** The examples of a manual page, in order, with the shell variables filled in. */
export function readExamples(page: string, variables: Readonly<Record<string, string>>): readonly Example[] {
  const text = readFileSync(new URL(`../../docs/manual/${page}.md`, import.meta.url), "utf8");
  return [...text.matchAll(block)].map(([, command = "", answer]) => {
    const filled = command.replaceAll(/\$([A-Z_]+)/g, (name, key: string) => variables[key] ?? name);
    const curl = readCurl(filled);
    return {
      title: `${curl.method} ${curl.path}`,
      ...curl,
      answer: answer === undefined ? undefined : matcherOf(JSON.parse(answer)),
    };
  });
}
