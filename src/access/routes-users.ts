import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponses, listOf, pageQuerySchema, pageSchema } from "../http/index.ts";
import { ClienteleError, decodeCursor } from "../kernel/index.ts";
import type { AccessControl } from "./create-access.ts";
import { managerOf } from "./manager-of.ts";
import { roles } from "./user.ts";

const role = Type.Enum(roles);
const storeViews = Type.Union([listOf(Type.String({ maxLength: 100 })), Type.Null()]);
const name = Type.String({ maxLength: 200, pattern: "^[^\\u0000]*$" });
const password = Type.String({ maxLength: 1000, description: "At least 10 characters" });

const userSchema = Type.Object({
  id: Type.String(),
  email: Type.String(),
  name: Type.String(),
  role,
  personalData: Type.Boolean({ description: "May see personal data" }),
  storeViews,
  createdAt: Type.String(),
  disabledAt: Type.Union([Type.String(), Type.Null()]),
  lastSignInAt: Type.Union([Type.String(), Type.Null()]),
});

const newUserSchema = Type.Object(
  {
    email: Type.String({ maxLength: 254 }),
    password,
    role,
    name: Type.Optional(name),
    personalData: Type.Optional(Type.Boolean()),
    storeViews: Type.Optional(storeViews),
  },
  { additionalProperties: false },
);

const changeSchema = Type.Object(
  {
    name: Type.Optional(name),
    role: Type.Optional(role),
    personalData: Type.Optional(Type.Boolean()),
    storeViews: Type.Optional(storeViews),
    password: Type.Optional(password),
    disabled: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

const params = Type.Object({ id: Type.String({ format: "uuid" }) });
const config = { access: "admin" } as const;
const tags = ["Access"];

export function createUserRoutes(access: AccessControl): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/users",
      {
        config,
        schema: {
          tags,
          summary: "List users by e-mail",
          querystring: Type.Object(pageQuerySchema),
          response: { 200: pageSchema(userSchema), ...errorResponses(400, 401, 403) },
        },
      },
      (request) => {
        const { limit, cursor } = request.query;
        const after = cursor === undefined ? null : decodeCursor(cursor, 1)?.[0];
        if (after === undefined) throw new ClienteleError("http.badRequest", "the cursor was not made by this list");
        return access.listUsers(after === null ? null : String(after), limit);
      },
    );

    app.post(
      "/v1/users",
      {
        config,
        schema: {
          tags,
          summary: "Add a user",
          body: newUserSchema,
          response: { 201: userSchema, ...errorResponses(400, 401, 403, 409) },
        },
      },
      async (request, reply) => {
        const user = await access.addUser(request.body, managerOf(request));
        return reply.code(201).send(user);
      },
    );

    app.patch(
      "/v1/users/:id",
      {
        config,
        schema: {
          tags,
          summary: "Change role, rights or password of a user, or disable them",
          params,
          body: changeSchema,
          response: { 200: userSchema, ...errorResponses(400, 401, 403, 404, 409) },
        },
      },
      (request) => access.changeUser(request.params.id, request.body, managerOf(request)),
    );
  };
}
