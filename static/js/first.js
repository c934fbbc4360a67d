// A page that waits for a station's first reading is loaded anew when it has come.
import { listen } from "./city/feed.js";

listen(document.querySelector("[data-now]").dataset.now, () => location.reload());
