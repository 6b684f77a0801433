import { Readable } from "node:stream";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import { Compile } from "typebox/compile";
import { errorResponses, pageQuerySchema, pageSchema, schemaFaults } from "../../http/index.ts";
import { ClienteleError, decodeTimeCursor, type ErrorDetail, isObject, toPage } from "../../kernel/index.ts";
import { editorOf } from "../editor.ts";
import { type Mapping, mappingSchema } from "../mapping/mapping.ts";
import { mappingPresets } from "../mapping/presets/presets.ts";
import { validateMapping } from "../mapping/validate-mapping.ts";
import type { Imports, NewImport } from "./create-imports.ts";
import { boundaryOf, readForm } from "./read-form.ts";
import { importSchema, kindSchema, modeSchema, reconciliationSchema, settingsSchema, toAnswer } from "./schemas.ts";

const tags = ["Imports"];
const params = Type.Object({ id: Type.String({ format: "uuid" }) });
const one = "/v1/imports/:id";
const fileTypes = [
  "text/csv",
  "text/tab-separated-values",
  "application/x-ndjson",
  "application/jsonl",
  "application/gzip",
  "application/x-gzip",
  "application/octet-stream",
];

const name = (description: string, maxLength: number) => Type.String({ minLength: 1, maxLength, description });
const newImportFields = {
  kind: kindSchema,
  fileName: Type.Optional(name("Name of the file; its ending tells the format", 200)),
  mode: Type.Optional(modeSchema),
  preset: Type.Optional(name("Name of a mapping that comes with the product", 100)),
  source: Type.Optional(
    Type.String({
      pattern: "^[A-Za-z0-9._-]{1,64}$",
      description: "Repeats are recognised within it; default history",
    }),
  ),
  customerNamespace: Type.Optional(
    Type.String({
      pattern: "^[a-z_]+(:[a-z0-9_-]+)?$",
      maxLength: 64,
      description: "Of customer numbers; default user_id",
    }),
  ),
};
const querySchema = Type.Object({ ...newImportFields, kind: Type.Optional(kindSchema) });
const bodySchema = Type.Object(
  { ...newImportFields, mapping: Type.Optional(Type.Unknown()), settings: Type.Optional(settingsSchema) },
  { additionalProperties: false },
);
const compiledBody = Compile(bodySchema);
type NewImportBody = Static<typeof bodySchema>;

const changeSchema = Type.Object(
  {
    mapping: Type.Optional(Type.Unknown()),
    preset: newImportFields.preset,
    mode: newImportFields.mode,
    settings: Type.Optional(settingsSchema),
  },
  { additionalProperties: false },
);

function refuse(message: string, details: readonly ErrorDetail[]): ClienteleError {
  return new ClienteleError("imports.mapping", message, { details });
}

function readMapping(mapping: unknown, preset: string | undefined): Mapping | undefined {
  if (preset !== undefined) {
    const found = mappingPresets.get(preset);
    if (!found)
      throw refuse(`there is no preset of this name; known are ${[...mappingPresets.keys()].join(", ")}`, [
        { path: "/preset", code: "unknown", message: "is not known" },
      ]);
    return found;
  }
  if (mapping === undefined || mapping === null) return undefined;
  const checked = validateMapping(mapping);
  if (!checked.ok) throw refuse("the mapping has faults", checked.faults);
  return checked.mapping;
}

function toNewImport(given: NewImportBody, request: FastifyRequest): NewImport {
  const mapping = readMapping(given.mapping, given.preset);
  if (mapping && mapping.kind !== given.kind)
    throw refuse(`the mapping is for records of the kind ${mapping.kind}, not ${given.kind}`, []);
  return {
    kind: given.kind,
    fileName: given.fileName ?? "upload",
    createdBy: editorOf(request).actor,
    ...(given.mode === undefined ? {} : { mode: given.mode }),
    ...(given.source === undefined ? {} : { sourceId: given.source }),
    ...(given.customerNamespace === undefined ? {} : { customerNamespace: given.customerNamespace }),
    ...(given.settings === undefined ? {} : { settings: given.settings }),
    ...(mapping === undefined ? {} : { mapping }),
  };
}

function checkBody(input: unknown): NewImportBody {
  if (compiledBody.Check(input)) return input;
  const details = schemaFaults(compiledBody.Errors(input));
  const first = details[0];
  throw new ClienteleError("http.badRequest", `the import does not fit: ${first?.path ?? ""} ${first?.message ?? ""}`, {
    details,
  });
}

function parseJsonField(text: string | undefined, path: string): unknown {
  if (text === undefined || text.trim() === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw refuse("the form holds no valid JSON", [{ path, code: "json", message: "is not valid JSON" }]);
  }
}

function fromFields(fields: ReadonlyMap<string, string>, query: object, fileName: string): unknown {
  const texts = [...fields].filter(([key, value]) => key !== "mapping" && key !== "settings" && value !== "");
  const mapping = parseJsonField(fields.get("mapping"), "/mapping");
  const settings = parseJsonField(fields.get("settings"), "/settings");
  return {
    ...query,
    fileName,
    ...Object.fromEntries(texts),
    ...(mapping === undefined ? {} : { mapping }),
    ...(settings === undefined ? {} : { settings }),
  };
}

async function createFromForm(imports: Imports, request: FastifyRequest, body: Readable, boundary: string) {
  let created: Awaited<ReturnType<Imports["get"]>> | undefined;
  await readForm(body, boundary, async (file, fields) => {
    if (created) throw new ClienteleError("imports.upload", "the form holds more than one file");
    const given = checkBody(fromFields(fields, isObject(request.query) ? request.query : {}, file.fileName));
    const draft = await imports.createUpload(toNewImport(given, request));
    created = await appendOrForget(imports, draft.id, Readable.from(file.content));
  });
  if (!created)
    throw new ClienteleError("imports.upload", "the form holds no file; send it as the last part, named file");
  return created;
}

/** An upload whose only request failed cannot be gone on with: nobody knows its id. */
async function appendOrForget(imports: Imports, id: string, piece: Readable) {
  try {
    return await imports.append(id, piece, 0, true);
  } catch (error) {
    await imports.cancel(id);
    throw error;
  }
}

function asStream(body: unknown): Readable {
  if (body instanceof Readable) return body;
  throw new ClienteleError("imports.upload", `send the bytes of the file as one of ${fileTypes.join(", ")}`);
}

/** The HTTP API of imports. */
export function createImportRoutes({ imports }: { readonly imports: Imports }): FastifyPluginAsyncTypebox {
  return async (app) => {
    const passOn = (_request: FastifyRequest, payload: Readable, done: (error: null, body: Readable) => void) =>
      done(null, payload);
    app.addContentTypeParser(fileTypes, passOn);
    app.addContentTypeParser(/^multipart\/form-data/, passOn);

    app.post(
      "/v1/imports",
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Create an import",
          description:
            "The body is the file itself (CSV or JSON lines, plain or gzip, with kind and fileName in the query), a form with the fields of the JSON body and the file as its last part, or JSON without a file, which is then sent in pieces.",
          querystring: querySchema,
          response: { 201: importSchema, ...errorResponses() },
        },
      },
      async (request, reply) => {
        const boundary = boundaryOf(request.headers["content-type"]);
        reply.code(201);
        if (boundary !== undefined)
          return toAnswer(await createFromForm(imports, request, asStream(request.body), boundary));
        if (request.body instanceof Readable) {
          const draft = await imports.createUpload(toNewImport(checkBody({ ...request.query }), request));
          return toAnswer(await appendOrForget(imports, draft.id, request.body));
        }
        const given = isObject(request.body) ? request.body : {};
        return toAnswer(await imports.createUpload(toNewImport(checkBody({ ...request.query, ...given }), request)));
      },
    );

    app.put(
      `${one}/file`,
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Send a piece of the file",
          description: "Pieces follow each other without a gap; one that was cut off is sent again from `storedBytes`.",
          params,
          querystring: Type.Object({
            offset: Type.Integer({ minimum: 0, description: "Where the piece begins" }),
            last: Type.Boolean({ default: false, description: "The file is whole after this piece" }),
          }),
          response: { 200: importSchema, ...errorResponses() },
        },
      },
      async (request) => {
        const { offset, last } = request.query;
        editorOf(request);
        return toAnswer(await imports.append(request.params.id, asStream(request.body), offset, last));
      },
    );

    app.get(
      "/v1/imports",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "List imports, newest first",
          querystring: Type.Object(pageQuerySchema),
          response: { 200: pageSchema(importSchema), ...errorResponses() },
        },
      },
      async (request) => {
        const { limit, cursor } = request.query;
        const rows = await imports.list(limit + 1, cursor === undefined ? null : decodeTimeCursor(cursor));
        const page = toPage(rows, limit, (run) => [run.createdAt, run.id]);
        return { ...page, items: page.items.map(toAnswer) };
      },
    );

    app.get(
      one,
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "One import with its progress",
          params,
          response: { 200: importSchema, ...errorResponses() },
        },
      },
      async (request) => toAnswer(await imports.get(request.params.id)),
    );

    app.put(
      `${one}/mapping`,
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Change mapping, mode or reading before the start",
          params,
          body: changeSchema,
          response: { 200: importSchema, ...errorResponses() },
        },
      },
      async (request) => {
        editorOf(request);
        const { mapping: given, preset, mode, settings } = request.body;
        const mapping = readMapping(given, preset);
        const { kind } = await imports.get(request.params.id);
        if (mapping && mapping.kind !== kind)
          throw refuse(`the mapping is for records of the kind ${mapping.kind}, not ${kind}`, []);
        return toAnswer(
          await imports.configure(request.params.id, {
            ...(mapping === undefined ? {} : { mapping }),
            ...(mode === undefined ? {} : { mode }),
            ...(settings === undefined ? {} : { settings }),
          }),
        );
      },
    );

    app.get(
      `${one}/preview`,
      {
        config: { access: "personal-data" },
        schema: {
          tags,
          summary: "What the first records would become",
          description: "Nothing is written. Without a mapping, the one that the columns suggest is shown.",
          params,
          querystring: Type.Object({ limit: Type.Integer({ minimum: 1, maximum: 200, default: 20 }) }),
          response: { 200: Type.Unknown(), ...errorResponses() },
        },
      },
      async (request) => {
        editorOf(request);
        return imports.preview(request.params.id, request.query.limit);
      },
    );

    for (const [action, summary] of [
      ["start", "Start an import, or go on with one that was paused or failed"],
      ["pause", "Stop after the batch under way"],
      ["cancel", "End for good; what was written stays"],
    ] as const) {
      app.post(
        `${one}/${action}`,
        {
          config: { access: "edit" },
          schema: { tags, summary, params, response: { 200: importSchema, ...errorResponses() } },
        },
        async (request) => {
          editorOf(request);
          return toAnswer(await imports[action](request.params.id));
        },
      );
    }

    app.get(
      `${one}/bad-rows`,
      {
        config: { access: "personal-data" },
        schema: {
          tags,
          summary: "Refused rows as CSV, with line and reason",
          params,
          response: { 200: Type.Unknown(), ...errorResponses() },
        },
      },
      async (request, reply) => {
        editorOf(request);
        const stream = await imports.badRows(request.params.id);
        reply.header("content-type", "text/csv; charset=utf-8");
        reply.header("content-disposition", `attachment; filename="bad-rows-${request.params.id}.csv"`);
        return reply.send(stream);
      },
    );

    app.get(
      `${one}/reconciliation`,
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "The file's own totals beside what is stored",
          params,
          response: { 200: reconciliationSchema, ...errorResponses() },
        },
      },
      async (request) => imports.reconciliation(request.params.id),
    );

    app.get(
      "/v1/import-mappings",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Mappings that come with the product, and the JSON Schema of a mapping",
          response: { 200: Type.Object({ presets: Type.Unknown(), schema: Type.Unknown() }), ...errorResponses() },
        },
      },
      async () => ({ presets: [...mappingPresets.values()], schema: mappingSchema }),
    );
  };
}
