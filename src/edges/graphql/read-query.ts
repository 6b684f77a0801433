import { ClienteleError, isObject } from "../../kernel/index.ts";

export type QueryRequest = {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | undefined;
};

function shape(message: string): ClienteleError {
  return new ClienteleError("graphql.requestShape", message);
}

/**
 * The query of a GET address or POST body.
 *
 * @param isText variables are JSON text, as in an address
 * @throws {ClienteleError} `graphql.requestShape`
 */
export function readQuery(raw: unknown, isText: boolean): QueryRequest {
  if (!isObject(raw)) throw shape("the body is not one object {query, variables, operationName}");
  const { query, operationName } = raw;
  if (typeof query !== "string" || query.trim() === "") throw shape("query is missing, or no text");
  return {
    query,
    variables: readVariables(raw["variables"], isText),
    operationName: typeof operationName === "string" && operationName !== "" ? operationName : undefined,
  };
}

function readVariables(value: unknown, isText: boolean): Readonly<Record<string, unknown>> {
  let variables = value;
  if (isText && typeof value === "string" && value !== "") {
    try {
      variables = JSON.parse(value);
    } catch {
      throw shape("variables are no JSON");
    }
  }
  if (variables === undefined || variables === null || variables === "") return {};
  if (!isObject(variables)) throw shape("variables are not one object");
  return variables;
}
