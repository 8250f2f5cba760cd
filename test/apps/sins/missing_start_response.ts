/** A body without a head. */
import type { Application } from "portico";

const application: Application = () => [Buffer.from("Hello")];

export default application;
