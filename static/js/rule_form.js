// The form of a rule shows what its condition needs. Without this script it shows everything.
"use strict";

{
  const MEASURE = ["variable", "standard", "short_mean", "long_mean"];
  const NEEDED = {
    anomaly: ["variable", "min_severity", "kinds"],
    limit: [...MEASURE, "limits", "severity"],
    forecast: ["variable", "limits", "probability", "horizon", "severity"],
    disagreement: [...MEASURE, "factor", "severity"],
    no_data: ["severity"],
  };
  const condition = document.querySelector("#id_condition");
  const show = () => {
    for (const name of new Set(Object.values(NEEDED).flat())) {
      const row = document.querySelector(`.form-row.field-${name}`);
      const needed = NEEDED[condition.value]?.includes(name) ?? true;
      row.hidden = !needed && !row.classList.contains("errors");
    }
  };
  condition.addEventListener("change", show);
  show();
}
