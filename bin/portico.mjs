#!/usr/bin/env node
import { main } from "../build/src/cli/run.js";

await main(process.argv.slice(2));
