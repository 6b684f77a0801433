import { buildSchema } from "graphql";
import { describe, expect, it } from "vitest";
import { createDocumentReader } from "./read-document.ts";
import { schemaText } from "./schema.data.ts";

const read = createDocumentReader(buildSchema(schemaText));
const codeOf = (text: string) => {
  const result = read(text);
  return result.ok ? "runs" : result.errors[0]?.extensions["code"];
};

describe("a document", () => {
  it("runs, and runs again from memory as the same document", () => {
    const text = "{ attributeMetadata { sortable { label } } }";
    const [first, second] = [read(text), read(text)];
    expect(first.ok && second.ok && first.document === second.document).toBe(true);
  });

  it("is refused with a place when it cannot be parsed or does not fit", () => {
    expect(codeOf("{ products(skus: [")).toBe("graphql.invalid");
    const result = read("{ attributeMetadata { sortable { nope } } }");
    expect(result.ok ? [] : result.errors[0]?.locations).toEqual([{ line: 1, column: 34 }]);
  });

  it("is refused when fragments contain themselves or multiply", () => {
    expect(codeOf("{ attributeMetadata { ...A } } fragment A on AttributeMetadataResponse { ...A }")).toBe(
      "graphql.tooComplex",
    );
    const fragments = Array.from(
      { length: 12 },
      (_, at) => `fragment F${at} on ProductView { ${at === 11 ? "sku" : `...F${at + 1} ...F${at + 1}`} }`,
    );
    expect(codeOf(`{ products(skus: []) { ...F0 } } ${fragments.join(" ")}`)).toBe("graphql.tooComplex");
  });

  it("is refused when it is too deep, too long, or asks too much at once", () => {
    const nested = (depth: number): string => (depth === 0 ? "sku" : `links { product { ${nested(depth - 1)} } }`);
    expect(codeOf(`{ products(skus: []) { ${nested(4)} } }`)).toBe("runs");
    expect(codeOf(`{ products(skus: []) { ${nested(12)} } }`)).toBe("graphql.tooComplex");
    const aliases = (count: number) => Array.from({ length: count }, (_, at) => `a${at}: sku`).join(" ");
    expect(codeOf(`{ products(skus: []) { ${aliases(40)} } }`)).toBe("runs");
    expect(codeOf(`{ products(skus: []) { ${aliases(60)} } }`)).toBe("graphql.tooComplex");
    const searches = Array.from({ length: 11 }, (_, at) => `s${at}: productSearch(phrase: "") { total_count }`);
    expect(codeOf(`{ ${searches.join(" ")} }`)).toBe("graphql.tooComplex");
    expect(codeOf(`{ products(skus: []) { ${"sku ".repeat(4_000)} } }`)).toBe("graphql.invalid");
    expect(codeOf(`{ products(skus: []) { sku } } #${"x".repeat(100_000)}`)).toBe("graphql.tooComplex");
  });
});
