import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { AccessControl } from "./index.ts";
import { createAuditRoutes } from "./routes-audit.ts";
import { createKeyRoutes } from "./routes-keys.ts";
import { createSessionRoutes } from "./routes-session.ts";
import { createUserRoutes } from "./routes-users.ts";
