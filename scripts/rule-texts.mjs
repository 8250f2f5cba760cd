/** The comments beside the rules of lint, as the compiler reads them: the text of the specification. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isObjectLiteralExpression, isVariableStatement } from "typescript/unstable/ast/is";
import { API } from "typescript/unstable/sync";

/** Files whose exported objects hold a rule, or a requirement, in each property. */
const TABLES = /-(rules|requirements)\.ts$/;

/** From a rule's name to its comment, for all tables in `folder` of the project at `root`. */
export function ruleTexts(root, folder) {
  const compiler = new API({ cwd: root });
  try {
    const project = compiler
      .updateSnapshot({ openProject: join(root, "tsconfig.json") })
      .getProjects()[0];
    const files = readdirSync(join(root, folder)).filter((name) => TABLES.test(name));
    return new Map(
      files.flatMap((name) => textsIn(project.program.getSourceFile(join(root, folder, name)))),
    );
  } finally {
    compiler.close();
  }
}

function textsIn(file) {
  return file.statements
    .filter((statement) => isVariableStatement(statement))
    .flatMap((statement) => [...statement.declarationList.declarations])
    .map((declaration) => declaration.initializer)
    .filter((value) => value !== undefined && isObjectLiteralExpression(value))
    .flatMap((table) => [...table.properties])
    .filter((property) => property.jsDoc !== undefined)
    .map((property) => [property.name.text, commentOf(property)]);
}

/** The last comment above a property is its own. */
function commentOf({ jsDoc }) {
  return jsDoc
    .at(-1)
    .comment.map(({ text }) => text)
    .join("")
    .trim();
}
