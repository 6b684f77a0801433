import type { FastifySchemaCompiler } from "fastify";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import type { TLocalizedValidationError } from "typebox/error";
import { Value } from "typebox/value";
import { ClienteleError, type ErrorDetail } from "../kernel/index.ts";

const maxDetails = 100;

function namedFields(error: TLocalizedValidationError): readonly string[] {
  if (error.keyword === "required") return error.params.requiredProperties;
  if (error.keyword === "additionalProperties") return error.params.additionalProperties;
  return [];
}

const escapePointer = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1");

function describe(error: TLocalizedValidationError): readonly ErrorDetail[] {
  const fields = namedFields(error);
  if (fields.length === 0) return [{ path: error.instancePath, code: error.keyword, message: error.message }];
  const message = error.keyword === "required" ? "is required" : "is not known";
  return fields.map((field) => ({
    path: `${error.instancePath}/${escapePointer(field)}`,
    code: error.keyword,
    message,
  }));
}

/**
 * Faults of a TypeBox schema in the words of the API, at most 100.
 *
 * @returns `path` is a JSON pointer to the field itself, also for a missing one; `code` the keyword of JSON Schema
 */
export function schemaFaults(errors: readonly TLocalizedValidationError[]): readonly ErrorDetail[] {
  // An unknown field is reported twice: as not known, and as a value that `false` does not allow.
  return errors
    .filter(({ keyword }) => keyword !== "boolean")
    .slice(0, maxDetails)
    .flatMap(describe);
}

/** Checks requests by TypeBox. Query, path and headers are converted from text and get their defaults; bodies are taken as sent. */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  const isBody = httpPart === "body";
  const isOptional = "~optional" in schema;
  return (input: unknown) => {
    if (isBody && input === undefined && isOptional) return { value: undefined };
    const value = isBody ? input : Value.Convert(schema, Value.Default(schema, { ...(input as object) }));
    if (validator.Check(value)) return { value };
    const details = schemaFaults(validator.Errors(value));
    const where = httpPart === "querystring" ? "query" : (httpPart ?? "request");
    const first = details[0];
    const reason = first ? `: ${first.path || where} ${first.message}` : "";
    return { error: new ClienteleError("http.badRequest", `the ${where} does not fit${reason}`, { details }) };
  };
};
