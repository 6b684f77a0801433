import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import type { BenchRow } from "./bench-row.ts";
import { missedNotes } from "./missed.data.ts";

/** Whether a figure keeps its budget; null without one. */
export function isKept({ budget, value, ratio }: BenchRow): boolean | null {
  if (budget === "") return null;
  const bounds: boolean[] = [];
  const bound = (pattern: RegExp, figure: number | null) => {
    const [, sign, text] = pattern.exec(budget) ?? [];
    if (text === undefined) return;
    const limit = Number(text.replaceAll(",", ""));
    bounds.push(figure !== null && (sign === "≥" ? figure >= limit : figure <= limit));
  };
  bound(/^([≥≤]) ([\d.,]*\d)/, value);
  bound(/ratio ([≥≤]) ([\d.]+)/, ratio);
  if (/faster/.test(budget)) bounds.push(ratio !== null && ratio > 1);
  if (bounds.length === 0) throw new Error(`a budget that cannot be read: ${budget}`);
  return bounds.every(Boolean);
}

function verdictOf(row: BenchRow): string {
  const kept = isKept(row);
  return kept === null ? "" : kept ? "ok" : "missed";
}

const figure = (value: number) => value.toLocaleString("en", { maximumFractionDigits: value < 100 ? 3 : 0 });

const columns = ["name", "value", "unit", "budget", "floor", "ratio", ""] as const;

function cellsOf(row: BenchRow): readonly string[] {
  return [
    row.name,
    figure(row.value),
    row.unit,
    row.budget,
    row.floor,
    row.ratio === null ? "" : figure(row.ratio),
    verdictOf(row),
  ];
}

/** Rows as a table for a terminal. */
export function toTable(rows: readonly BenchRow[]): string {
  const lines = [columns, ...rows.map(cellsOf)];
  const widths = columns.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  return lines
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function commit(): string {
  const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8" }).trim();
  try {
    return `${git("rev-parse", "--short", "HEAD")}${git("status", "--porcelain", "--", "src") === "" ? "" : " with local changes"}`;
  } catch {
    return "unknown";
  }
}

function sectionOf(name: string, rows: readonly BenchRow[], loadBefore: number): string {
  const escaped = (cell: string) => cell.replaceAll("|", "\\|");
  const [cpu] = cpus();
  const missed = rows.filter((row) => isKept(row) === false);
  return [
    `## ${name}`,
    "",
    `${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC, commit ${commit()}, Node ${process.version}, ${cpus().length} × ${cpu?.model ?? "unknown"}, ${Math.round(totalmem() / 1024 ** 3)} GB; load average ${loadBefore.toFixed(1)} before and ${(loadavg()[0] ?? 0).toFixed(1)} after.`,
    "",
    "| figure | value | unit | budget | floor | ratio | | note |",
    "|---|---:|---|---|---|---:|---|---|",
    ...rows.map((row) => `| ${[...cellsOf(row), row.note].map(escaped).join(" | ")} |`),
    ...(missed.length === 0 ? [] : ["", "Missed:", ""]),
    ...missed.map((row) => `- **${row.name}**: ${missedNotes[row.name] ?? "not looked into yet."}`),
    "",
  ].join("\n");
}

const head = `# Results

Written by \`clientele bench --record\`; one section a benchmark, each with its machine and time. Budgets are those of the
design; a ratio says how a figure compares with its floor, measured in the same run. On a machine that does other work
absolute figures fall; ratios move less, but they move too: look at the load average.
`;

/** Writes the sections of the given benchmarks; those of others stay as they were. */
export function record(file: string, name: string, rows: readonly BenchRow[], loadBefore: number): void {
  const sections = new Map<string, string>();
  if (existsSync(file)) {
    for (const part of readFileSync(file, "utf8").split(/^(?=## )/m)) {
      const title = /^## (.+)$/m.exec(part)?.[1];
      if (title !== undefined) sections.set(title, `${part.trimEnd()}\n`);
    }
  }
  sections.set(name, sectionOf(name, rows, loadBefore));
  const sorted = [...sections].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  writeFileSync(file, `${head}\n${sorted.join("\n")}`);
}
