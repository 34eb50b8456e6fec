// What the pages add in a browser that runs scripts. Every page works without it.
//
// A page shows other people's changes without being asked (changes.ts) and says when
// the connection is lost (offline.ts); single keys do what links and buttons do
// (keys.ts); what was typed survives a closed tab (drafts.ts); a form that takes long
// says so (busy.ts); light and dark change at once (display.ts); files are dropped on a
// page and sent in chunks (upload.ts); a section of the pre-read is written in an editor
// that underlines notes on wording (prose.ts) and saves by itself (editor.ts).
import { showBusy } from "./busy";
import { follow } from "./changes";
import { choose } from "./display";
import { workOnEvidence } from "./evidence";
import { listen } from "./keys";
import { keepDrafts } from "./drafts";
import { saveByItself } from "./editor";
import { sayOffline } from "./offline";
import { takeFiles } from "./upload";
import { workOnTimeline } from "./timeline";

choose();
keepDrafts();
listen();
sayOffline();
follow();
workOnEvidence();
takeFiles();
workOnTimeline();
showBusy();
saveByItself();
// The editor is as large as everything else together, and one page has it.
if (document.querySelector("#editor")) void import("./prose").then((prose) => prose.editProse());
