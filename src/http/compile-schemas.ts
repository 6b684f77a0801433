/**
 * Compiles the schemas of a route when it is called first. All of them together take a second of processor time, the longest part of
 * a start, and most processes answer few of their routes; one route takes a few milliseconds.
 */
import SerializerSelector from "@fastify/fast-json-stringify-compiler";
import type { FastifyInstance, FastifySchemaCompiler, FastifySerializerCompiler } from "fastify";
import type { TSchema } from "typebox";
import { compileValidator } from "./validation.ts";

declare module "fastify" {
  interface FastifyInstance {
    /** Compiles the schemas that no call has needed yet. @returns how many there are; throws what is wrong with a faulty one */
    compileSchemas: () => number;
  }
}

const compileSerializer = SerializerSelector()({}, {});

/** Makes `app` compile each schema at its first use. Call it before any route is registered. */
export function installSchemaCompilers(app: FastifyInstance): void {
  const all: (() => unknown)[] = [];
  const atFirstUse = <T>(compile: () => T): (() => T) => {
    let compiled: T | undefined;
    const get = () => {
      compiled ??= compile();
      return compiled;
    };
    all.push(get);
    return get;
  };
  const validator: FastifySchemaCompiler<TSchema> = (route) => {
    const get = atFirstUse(() => compileValidator(route));
    return (input: unknown) => get()(input);
  };
  const serializer: FastifySerializerCompiler<TSchema> = (route) => {
    const get = atFirstUse(() => compileSerializer({ httpStatus: "default", ...route }));
    return (answer: unknown) => get()(answer);
  };
  app.setValidatorCompiler(validator);
  app.setSerializerCompiler(serializer);
  app.decorate("compileSchemas", () => {
    for (const compile of all) compile();
    return all.length;
  });
}
