import { readFileSync } from "node:fs";

/** The statements that all peers share, written out of bench/statements.py by the benchmark. */
export const statements = JSON.parse(readFileSync(process.env.BENCH_STATEMENTS, "utf8"));
