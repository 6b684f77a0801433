import { type DocumentNode, GraphQLError, type GraphQLSchema, Kind, parse, validate } from "graphql";
import { ClienteleError } from "../../kernel/index.ts";
import { excessOf, maxTokens, sizeOf } from "./query-limits.ts";

export type ReadDocument =
  | { readonly ok: true; readonly document: DocumentNode }
  | { readonly ok: false; readonly errors: readonly GraphQLError[] };

const maxCached = 200;
const maxCharacters = 100_000;
const maxFaults = 20;

/**
 * Parses and validates documents, and remembers the ones that may run: a storefront sends the same few for every shopper.
 *
 * @param schema what documents must fit
 */
export function createDocumentReader(schema: GraphQLSchema): (text: string) => ReadDocument {
  const known = new Map<string, DocumentNode>();

  const read = (text: string): ReadDocument => {
    if (text.length > maxCharacters)
      return refuse("graphql.tooComplex", `the document is longer than ${maxCharacters} characters`);
    let document: DocumentNode;
    try {
      document = parse(text, { maxTokens });
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      return { ok: false, errors: [withCode(error, "graphql.invalid")] };
    }
    if (document.definitions.some((each) => each.kind === Kind.OPERATION_DEFINITION && each.operation !== "query"))
      return refuse("graphql.invalid", "only queries are answered here");
    const excess = excessOf(sizeOf(document));
    if (excess !== undefined) return refuse("graphql.tooComplex", `the document is refused: ${excess}`);
    const faults = validate(schema, document, undefined, { maxErrors: maxFaults });
    if (faults.length > 0) return { ok: false, errors: faults.map((fault) => withCode(fault, "graphql.invalid")) };
    return { ok: true, document };
  };

  return (text) => {
    const document = known.get(text);
    if (document) {
      // Last used, last dropped.
      known.delete(text);
      known.set(text, document);
      return { ok: true, document };
    }
    const result = read(text);
    if (!result.ok) return result;
    known.set(text, result.document);
    if (known.size > maxCached) for (const oldest of [...known.keys()].slice(0, 1)) known.delete(oldest);
    return result;
  };
}

function withCode(error: GraphQLError, code: string): GraphQLError {
  return new GraphQLError(error.message, {
    ...(error.nodes ? { nodes: error.nodes } : {}),
    ...(error.source ? { source: error.source } : {}),
    ...(error.positions ? { positions: error.positions } : {}),
    extensions: { code },
  });
}

function refuse(code: "graphql.tooComplex" | "graphql.invalid", message: string): ReadDocument {
  const originalError = new ClienteleError(code, message);
  return { ok: false, errors: [new GraphQLError(message, { originalError, extensions: { code } })] };
}
