"""How good is a detector? Labelled events are put into a real series, and what it finds of them is counted.

`command` is the way in; `files`, `times` and `remarks` take in a file. `protocol` says what is learnt on, where events
are put and what is judged; `ensemble` does the same with all detectors together. `matching` counts events and false
alarms, `vus` judges scores without a threshold, `bands` expected bands, `comparison` what is flagged where nothing is
labelled. `baselines` holds what ours have to beat. `report` makes one document of it all, `side_by_side` a short one
at each training.
"""
