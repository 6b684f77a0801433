// The dependency rule of CONTRIBUTING.md: kernel ← storage ← capabilities ← edges ← compose.
const capability = "^src/([^/]+)/";

module.exports = {
  forbidden: [
    {
      name: "through-the-index",
      comment: "Enter another folder only through its index.ts",
      severity: "error",
      from: { path: capability, pathNot: ["\\.test\\.ts$", "^src/testing/"] },
      to: { path: "^src/[^/]+/.+", pathNot: ["^src/$1/", "^src/[^/]+/index\\.ts$", "^src/kernel/rules/index\\.ts$"] },
    },
    {
      name: "kernel-imports-nothing",
      severity: "error",
      from: { path: "^src/kernel/", pathNot: ["\\.test\\.ts$"] },
      to: { path: "^src/", pathNot: ["^src/kernel/"] },
    },
    {
      name: "storage-is-below",
      severity: "error",
      from: { path: "^src/storage/", pathNot: ["\\.test\\.ts$"] },
      to: { path: "^src/", pathNot: ["^src/(storage|kernel)/", "^src/config\\.ts$"] },
    },
    {
      name: "nobody-imports-edges",
      severity: "error",
      from: { path: "^src/", pathNot: ["^src/compose\\.ts$", "^src/edges/"] },
      to: { path: "^src/edges/" },
    },
    {
      name: "sql-only-in-stores",
      comment: "Values of storage are used in stores, compose, the command line and tests; types everywhere",
      severity: "error",
      from: {
        path: "^src/",
        pathNot: [
          "^src/storage/",
          "/store(\\.clickhouse)?\\.ts$",
          "^src/(app|compose|cli|main)\\.ts$",
          "^src/commands/",
          "\\.test\\.ts$",
          "^src/testing/",
        ],
      },
      to: { path: "^src/storage/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "no-cycles",
      severity: "error",
      from: { path: "^src/" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
  ],
  options: {
    doNotFollow: { path: ["node_modules"] },
    exclude: { path: ["node_modules", "dist"] },
    tsPreCompilationDeps: "specify",
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "require", "node", "default"] },
  },
};
