/** Rows of cells as text: aligned for a terminal, or as Markdown; numbers stand to the right. */

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function alignedTable(table: Table): string {
  const lines = [table.head, ...table.rows];
  const columns = table.head.map((_, column) => ({
    width: Math.max(...lines.map((row) => row[column]?.length ?? 0)),
    isText: !holdsNumbers(table, column),
  }));
  return lines
    .map((row) =>
      columns
        .map(({ width, isText }, column) => {
          const cell = row[column] ?? "";
          return isText ? cell.padEnd(width) : cell.padStart(width);
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

export function markdownTable(table: Table): string {
  const rule = table.head.map((_, column) => (holdsNumbers(table, column) ? "--:" : "---"));
  return [table.head, rule, ...table.rows]
    .map((row) => `| ${row.map(cell).join(" | ")} |`)
    .join("\n");
}

/** The first column says whose row it is. */
function holdsNumbers({ rows }: Table, column: number): boolean {
  return column > 0 && rows.some((row) => /^\d/.test(row[column] ?? ""));
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
