import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { errorsPage, facesPage, openApiText } from "./reference.ts";

const docs = (file: string) => readFileSync(new URL(`../../docs/${file}`, import.meta.url), "utf8");

it("documents every error code", () => {
  expect(docs("errors.md")).toBe(errorsPage());
});

it("documents every route: run npm run reference and review the difference", async () => {
  expect(docs("openapi.json")).toBe(await openApiText());
});

it("documents the face of every capability", () => {
  expect(docs("faces.md")).toBe(facesPage());
});
