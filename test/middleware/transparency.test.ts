/** Middleware are transparent, those of this repository and well-known ones in Python. */

import { TRANSPARENT } from "./middleware-rows.ts";
import { transparency } from "./transparency.ts";

for (const row of TRANSPARENT) transparency(row);
