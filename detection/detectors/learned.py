"""What has been learnt from events put into the series' own clean past: the best scorer by far."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

import numpy as np

from detection.detectors.base import Detector
from detection.detectors.dropout import Dropout
from detection.detectors.estimators.relations import CompanionRegression, neighbour_ratio
from detection.detectors.estimators.usual_error import smallest_error
from detection.detectors.flatline import Flatline
from detection.detectors.learning.day_shape import DayShape
from detection.detectors.learning.features import MEMORY, RareSteps, error_ratios, own_features, relation_features
from detection.detectors.learning.forecasters import Errors, Forecasters, Outlook, cross_fitted_errors, without_block
from detection.detectors.learning.labelled_copies import LabelledCopy, labelled_copies
from detection.timeseries.columns import neighbours_of
from detection.timeseries.grid import HOUR, Floats, Grid
from detection.timeseries.scale import Scale
from detection.timeseries.wall_time import hour_of_day

BLOCKS = 3  # of the history; each is foretold by forecasters that never saw it
COPIES, MOST_ROWS = 15, 140_000
ROUNDS, RATE, LEAVES, FEWEST_LEAF_ROWS, RIDGE = 110, 0.1, 15, 80, 5.0
BLIND_EVERY = 3  # every third copy hides the others' columns, so that the detector also works without them


class Learned(Detector):
    """Gradient boosting over the causal outputs of the other scorers; the score is its log odds of an event.

    Columns such as pm2_5@gulberg are taken as neighbours, all others as companions.
    """

    kind = "learned"
    memory: ClassVar[timedelta] = MEMORY

    def _fit(self, grid: Grid) -> None:
        values = self._target(grid)
        self.scale = Scale.of(values)
        scaled = self.scale.forward(values)
        self.smallest = smallest_error(self.scale, scaled)
        self.runs = [kind(self.target, interval=self.interval).fit_grid(grid) for kind in (Flatline, Dropout)]
        self.names = neighbours_of(self.target, list(grid.values))
        self.companions = CompanionRegression.fit(grid, self.target, scaled)
        self.shape = DayShape.fit(values, grid, self.zone, positive=self.scale.offset is not None)
        outlook = Outlook.of(scaled, grid, self.zone)
        self.forecasters = Forecasters.fit(outlook, np.ones(grid.size, dtype=bool), self.seed)
        crossed = [Forecasters.fit(outlook, without_block(grid.size, BLOCKS, k), self.seed) for k in range(BLOCKS)]
        errors = cross_fitted_errors(crossed, outlook)
        hours = hour_of_day(grid.times(), self.zone)
        self.rare = RareSteps.of(error_ratios(errors.step, grid, self.smallest), hours)
        self.model = self._taught(grid, crossed)

    def _taught(self, grid: Grid, crossed: list[Forecasters]) -> Any:
        """The classifier, taught on spoilt copies of the history."""
        from sklearn.ensemble import HistGradientBoostingClassifier

        count = max(2, min(COPIES, MOST_ROWS // grid.size))
        copies = labelled_copies(self._target(grid), count, self.seed, HOUR / self.interval)
        rows = [self._rows(grid, copy, crossed, blind=k % BLIND_EVERY == 1) for k, copy in enumerate(copies)]
        features, label, weight = (np.concatenate(part) for part in zip(*rows, strict=True))
        if len(np.unique(label)) < 2:
            return None
        model = HistGradientBoostingClassifier(
            max_iter=ROUNDS,
            learning_rate=RATE,
            max_leaf_nodes=LEAVES,
            min_samples_leaf=FEWEST_LEAF_ROWS,
            l2_regularization=RIDGE,
            early_stopping=False,
            random_state=self.seed,
        )
        return model.fit(features, label, sample_weight=weight)

    def _rows(
        self, grid: Grid, copy: LabelledCopy, crossed: list[Forecasters], *, blind: bool
    ) -> tuple[Floats, Floats, Floats]:
        """Features, labels and weights of a copy's usable rows."""
        spoilt = replace(grid, values={**grid.values, self.target: copy.values})
        outlook = Outlook.of(self.scale.forward(copy.values), spoilt, self.zone)
        errors = cross_fitted_errors(crossed, outlook)
        features = self._features(spoilt, outlook, errors, blind=blind, crossed=True)
        used = copy.weight > 0
        return features[used], copy.is_event[used], copy.weight[used]

    def _score(self, grid: Grid, first: int) -> Floats:
        outlook = Outlook.of(self.scale.forward(self._target(grid)), grid, self.zone)
        errors = self.forecasters.errors(outlook)
        if self.model is None:
            return np.abs(error_ratios(errors.step, grid, self.smallest))[first:]
        features = self._features(grid, outlook, errors)[first:]
        scores = np.asarray(self.model.decision_function(features), dtype=np.float64)
        return np.where(np.isnan(self._target(grid)[first:]), np.nan, scores)

    def _features(
        self, grid: Grid, outlook: Outlook, errors: Errors, *, blind: bool = False, crossed: bool = False
    ) -> Floats:
        """All features of a grid; relations to other columns are hidden where `blind`."""
        ratios = error_ratios(errors.step, grid, self.smallest)
        runs = [run.score_grid(grid, 0) for run in self.runs]
        own = own_features(outlook.scaled, errors, ratios, self.rare, runs, grid, self.zone)
        shape = relation_features(self.shape.off(self._target(grid), grid, crossed=crossed), grid)
        others = [relation_features(relation, grid) for relation in self._relations(grid, outlook.scaled)]
        if blind:
            others = [np.full_like(other, np.nan) for other in others]
        return np.column_stack([own, shape, *others])

    def _relations(self, grid: Grid, scaled: Floats) -> list[Floats]:
        """How the target stands to the neighbours and to the companions it was fitted with."""
        relations = []
        if self.names:
            relations.append(neighbour_ratio(grid, self.target, self.names, self.scale))
        if self.companions:
            relations.append(self.companions.relation(grid, scaled))
        return relations
