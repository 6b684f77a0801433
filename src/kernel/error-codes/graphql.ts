import type { ErrorEntry } from "../errors.ts";

export const graphqlErrors = {
  "graphql.requestShape": {
    status: 400,
    means: "The request holds no GraphQL document in a form that is read.",
    remedy:
      "Send GET with query and variables (JSON) in the address, or POST a JSON object {query, variables, operationName}; no batches.",
  },
  "graphql.invalid": {
    status: 400,
    means: "The document cannot be parsed, or does not fit the schema.",
    remedy: "Correct it by the locations in the answer; the schema can be introspected.",
  },
  "graphql.tooComplex": {
    status: 400,
    means: "The document is too long, too deep, or asks for too many fields or aliases.",
    remedy: "Ask for less at once: 20 levels, 1,000 fields, 50 aliases, 10 fields of Query.",
  },
  "graphql.badArgument": {
    status: 400,
    means: "An argument is outside of what can be answered.",
    remedy: "Read the message: it names the argument and its range.",
  },
} as const satisfies Record<string, ErrorEntry>;
