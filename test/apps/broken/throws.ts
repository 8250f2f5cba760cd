/** Fails while it is configured. */
function configure(): never {
  throw new Error("no database at db.example");
}

const application: never = configure();

export default application;
