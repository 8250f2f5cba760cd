/** Who somebody is, in JSON, by the toolkit's router. */
import type { Application } from "portico";
import { json } from "portico/messages/http-response";
import { createRouter } from "portico/routing";

export const application: Application = createRouter().get("/users/<int:id>", ({ id }) =>
  json({ id, name: "Ada Lovelace", languages: ["Python", "TypeScript"], isAdmin: false }),
);
