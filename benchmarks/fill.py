"""`python -m benchmarks.fill HOURS [SERIES]`: so many hours of Lahore in the database that the environment names."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqi_project.settings")
BATCH = 5_000


def main(hours: int, series: int = 1) -> None:
    django.setup()
    from aqi_project.mongo import collection
    from detection.models import Forecast, ModelVersion, Series
    from ingestion.models import Reading, Station, Variable
    from tests import factories as make

    for model in (Station, Variable, Reading, Series, ModelVersion, Forecast):
        collection(model).delete_many({})
    make.make_lahore()
    newest = make.this_hour()
    for start in range(0, hours, BATCH):
        backs = range(start, min(start + BATCH, hours))
        collection(Reading).insert_many([make.reading_document("lahore", newest - back * make.HOUR) for back in backs])
    for code in make.VARIABLES:
        make.make_band(f"lahore/{code}", newest)
        make.make_forecast(f"lahore/{code}", newest)
    for number in range(1, series):
        make.make_station(slug=f"s{number}", city="")
        make.make_band(f"s{number}/pm2_5", newest)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
