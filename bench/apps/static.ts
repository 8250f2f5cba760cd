/** The files of the directory that STATIC_ROOT names. */
import { type Application, staticFiles } from "portico";

export const application: Application = staticFiles(process.env.STATIC_ROOT ?? ".");
