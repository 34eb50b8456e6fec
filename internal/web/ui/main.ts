// What the pages add in a browser that runs scripts. Every page works without it.
//
// Three things: a page shows other people's changes without being asked
// (changes.ts), single keys do what links and buttons do (keys.ts), and what was
// typed survives a closed tab (drafts.ts).
import { follow } from "./changes";
import { listen } from "./keys";
import { keepDrafts } from "./drafts";

keepDrafts();
listen();
follow();
