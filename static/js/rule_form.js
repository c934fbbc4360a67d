// The form of a rule shows what its condition needs. Without this script it shows everything.
"use strict";

{
  const needs = JSON.parse(document.currentScript.dataset.needs); // NEEDS of alerts/models/rule.py
  const condition = document.querySelector("#id_condition");
  const show = () => {
    for (const name of new Set(Object.values(needs).flat())) {
      const row = document.querySelector(`.form-row.field-${name}`);
      const needed = needs[condition.value]?.includes(name) ?? true;
      row.hidden = !needed && !row.classList.contains("errors");
    }
  };
  condition.addEventListener("change", show);
  show();
}
