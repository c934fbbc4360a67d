"""Why a model was trained, what became of it and why it may not serve is told in Urdu, too."""

import re

import numpy as np
import pytest
from django.utils import translation

from detection.detector_registry import REGISTRY
from detection.lifecycle.gate import assessment
from detection.lifecycle.gate.decision import LEVEL, NAMES, OUTLIVED, decide
from detection.lifecycle.phrases import translated
from detection.lifecycle.training import outcomes
from detection.lifecycle.training.detector_choice import wrong_with
from detection.lifecycle.training.newcomers import WHY

HELD_OUT = {name: np.full(20, 2.0) + np.arange(20) / 100 for name in NAMES}
KEPT = {"lahore", "pm", "p", "ValueError", "numpy", "SECRET", "KEY", *"_".join(REGISTRY).split("_")}  # names, and a p


OPENED_NO_MORE = "Version 3 of lahore/pm2_5 was saved with numpy 1.26.4, here is 2.1.0. Train the series again."


def decided(ours: float, **fields: bool) -> str:
    return decide({**HELD_OUT, "challenger": np.full(20, ours)}, **fields).sentence


SENTENCES = [
    f"The first version. {assessment.FIRST.sentence}",
    "The data are those of version 3, which serves: nothing was trained.",
    decided(1.0),
    decided(3.0),
    *(f"{decided(1.0)} It watches beside the champion for {span}. {outcomes.NEWER}" for span in ("1 day", "2.5 days")),
    *(f"After {span} beside the champion: {decided(3.0)}" for span in ("1 day", "2.5 days")),
    f"{decided(1.0)}{OUTLIVED}",
    decide({"challenger": np.ones(3), "champion": np.ones(3)}).sentence,
    f"{decided(3.0)}{LEVEL.format(0.21)}{OUTLIVED}",
    "It could not be judged: lahore has sent no usable pm2_5 to learn from.",
    outcomes.UNFORESEEN.format("ValueError"),
    "The training took longer than 0:08:00 and was ended.",
    "The training's process was killed (signal 9).",
    "Its process died 2 times.",
    *(wrong_with(chosen) for chosen in (["forest"], ["flatline"], {"flatline": 1})),
    f"What served cannot be opened, so there is nothing to beat. {OPENED_NO_MORE}",
    OPENED_NO_MORE,
    "Version 3 of lahore/pm2_5 is not there any more. Train the series again.",
    "Version 3 of lahore/pm2_5 has no stored detectors. Train the series again.",
    "The signature of lahore/pm2_5 3 online is wrong: it was changed, or SECRET_KEY was. Train the series again.",
    "lahore/pm2_5 has changed meanwhile, so version 3 was not let to serve. Look again, then repeat.",
    f"{OPENED_NO_MORE} Version 2 keeps serving.",
    "The file of lahore/pm2_5 3 online is not there any more. Train the series again. No version serves it.",
    "lahore/pm2_5 has no version 9. Version 2 keeps serving.",
    "Version 3 of lahore/pm2_5 serves already.",
    "No version served lahore/pm2_5 before: there is no way back.",
    "Say why: the reason is kept with the change.",
    "Version 3 of lahore/pm2_5 is not there any more.",
    "Version 3 is not there any more.",
    "Version 3 was saved with numpy 1.26.4, here is 2.1.0.",
    "Version 3 was saved with format of detectors 1, here is 2.",
    "The error of a day's forecasts is 1.7 times what it was, beside persistence's.",
    "Only 71 % of the last week's readings lay inside the 95 % range.",
    "The readings reach over 1.6 times the span that version 2 has seen.",
    *(f"Readings of {span} have come since the last training." for span in ("1 day", "7.5 days")),
    "It could not be judged: A forecast of pm2_5 needs 5 days of readings; there are 3.1.",
    WHY,
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_what_the_program_wrote_is_told_in_urdu_with_its_numbers(sentence: str) -> None:
    assert translated(sentence) == sentence
    with translation.override("ur"):
        urdu = translated(sentence)
    assert sorted(re.findall(r"\d+(?:\.\d+)?", urdu)) == sorted(re.findall(r"\d+(?:\.\d+)?", sentence))
    assert set(re.findall(r"[A-Za-z]+", urdu)) <= KEPT


def test_what_a_person_wrote_stays_as_it_is() -> None:
    words = "The old one was better.\nReally: 100 %(sic)s"
    with translation.override("ur"):
        assert translated(words) == words


def test_every_detector_has_an_urdu_label() -> None:
    with translation.override("ur"):
        untold = [kind for kind, (label, _) in REGISTRY.items() if not re.search("[ء-ے]", translation.gettext(label))]
    assert untold == []
