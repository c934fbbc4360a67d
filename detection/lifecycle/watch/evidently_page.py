"""Run by Evidently's own Python, outside of Django: `evidently_page.py REFERENCE.csv CURRENT.csv PAGE.html`."""

import sys

import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset

reference, current = (pd.read_csv(file) for file in sys.argv[1:3])
Report([DataDriftPreset()]).run(current, reference).save_html(sys.argv[3])
