/** Whether a server serves the probe application, and its judge can be told what that does. */
import type { Facts } from "./facts.ts";
import type { ProbedServer } from "./probed-server.ts";

const REMEDY = "serve the file that portico probe --application names";

/** The application's language, or what is wrong in words that follow the server's URL. */
export async function identify(
  server: ProbedServer,
): Promise<{ readonly language: string } | { readonly problem: string }> {
  let facts: Partial<Facts>;
  try {
    facts = await server.facts();
  } catch (error) {
    if (error instanceof Error && "code" in error) {
      return { problem: `cannot be reached: ${error.message}` };
    }
    const why = error instanceof Error ? error.message : String(error);
    return { problem: `does not serve the probe application; ${REMEDY} (${inShort(why)})` };
  }
  const { language } = facts;
  if (typeof language !== "string") {
    return { problem: `does not serve the probe application; ${REMEDY}` };
  }
  if (!(await canReport(server))) {
    return {
      problem: "serves an application that cannot connect back to here; probe from its own machine",
    };
  }
  return { language };
}

async function canReport(server: ProbedServer): Promise<boolean> {
  await using judge = await server.judge();
  judge.letThrough("environ");
  try {
    await server.ask("GET", `/environ?judge=${judge.port}`);
  } catch {
    // What matters is whether it has told.
  }
  return judge.told("environ").length > 0;
}

function inShort(text: string): string {
  return text.replace(/\s+/g, " ").slice(0, 80);
}
