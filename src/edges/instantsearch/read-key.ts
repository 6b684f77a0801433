import type { FastifyRequest } from "fastify";
import { isObject } from "../../kernel/index.ts";

/** A value that clients send as a header or, to save the preflight, in the query in any letter case. */
export function headerOrQuery({ headers, query }: FastifyRequest, name: string): string | undefined {
  const header = headers[name];
  if (typeof header === "string" && header !== "") return header;
  if (!isObject(query)) return undefined;
  for (const [key, value] of Object.entries(query))
    if (typeof value === "string" && value !== "" && key.toLowerCase() === name) return value;
  return undefined;
}

/** The write key, in the place of Algolia's search-only key. The application id is theirs alone and is not looked at. */
export function writeKeyOf(request: FastifyRequest): string | undefined {
  return headerOrQuery(request, "x-algolia-api-key");
}
