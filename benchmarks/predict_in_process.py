"""`python -m benchmarks.predict_in_process`: milliseconds of one verdict, and of `Prophet.predict` for that point."""

import json
import logging
import os
from statistics import median
from time import perf_counter
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqi_project.settings")
ROUNDS = 5
VERDICTS, PREDICTS = 500, 5
HISTORY = 24 * 90  # hours that Prophet is fitted on


def main() -> None:
    django.setup()
    predict = _prophet()
    rounds = [(_milliseconds(_verdict, VERDICTS), _milliseconds(predict, PREDICTS)) for _ in range(ROUNDS)]
    ours, peer = zip(*rounds, strict=True)
    print(json.dumps([median(ours), median(peer)]))


def _verdict() -> None:
    from aqi_project import clock
    from detection.api.verdicts import Desk

    now = clock.now()
    Desk("", now, 0, lambda station: True).answer(
        {"timestamp": now.isoformat(), "sensor_id": "lahore/pm2_5", "value": 80.5}
    )


def _prophet() -> Any:
    import pandas as pd

    for name in ("prophet", "cmdstanpy"):
        logging.getLogger(name).setLevel(logging.ERROR)
    from prophet import Prophet

    from tests import factories

    newest = factories.this_hour().replace(tzinfo=None)
    times = pd.date_range(end=newest, periods=HISTORY, freq="h")
    model = Prophet().fit(pd.DataFrame({"ds": times, "y": [factories.usual_pm(at) for at in times]}))
    point = pd.DataFrame({"ds": [newest]})
    return lambda: model.predict(point)


def _milliseconds(work: Any, times: int) -> float:
    started = perf_counter()
    for _ in range(times):
        work()
    return (perf_counter() - started) * 1000 / times


if __name__ == "__main__":
    main()
