/** The state of test/apps/frameworks/django_site: its database, with one user of the admin. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { hiddenField } from "./hidden-field.ts";
import { pythonProgram, repositoryRoot } from "./python-environment.ts";
import { urlEncodedForm } from "./request-body.ts";
import type { Answer, Visitor } from "./visitor.ts";

export const DJANGO_USER = "librarian";
export const DJANGO_PASSWORD = "a fixed password for tests";

export const djangoDirectory: string = join(
  repositoryRoot,
  "test",
  "apps",
  "frameworks",
  "django_site",
);

export async function prepareDjangoState(directory: string): Promise<void> {
  const run = promisify(execFile);
  const options = {
    cwd: djangoDirectory,
    env: {
      ...process.env,
      SITE_STATE: directory,
      SITE_FILES: directory,
      DJANGO_SUPERUSER_PASSWORD: DJANGO_PASSWORD,
      PYTHONDONTWRITEBYTECODE: "1",
    },
  };
  const python = pythonProgram("python");
  const user = ["--noinput", "--username", DJANGO_USER, "--email", "librarian@site.example"];
  await run(python, ["manage.py", "migrate", "--verbosity", "0"], options);
  await run(python, ["manage.py", "createsuperuser", ...user], options);
}

/** Posts a form as the browser does that shows the page: with its CSRF token. */
export function submitForm(
  visitor: Visitor,
  page: Answer,
  target: string,
  fields: readonly (readonly [string, string])[],
): Promise<Answer> {
  const token = ["csrfmiddlewaretoken", hiddenField(page, "csrfmiddlewaretoken")] as const;
  return visitor.post(target, urlEncodedForm([token, ...fields]));
}
