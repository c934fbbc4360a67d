"""How rare is a novelty? Compared with the largest of each past block of rows, channel by channel."""

import numpy as np
from numpy.typing import NDArray

BLOCK = 75  # rows
BLOCKS = 340  # remembered: 25,500 rows
PRIOR_BLOCKS = 5.0  # quieter ones, taken as seen beforehand: an early record counts for something
RAREST = float(np.log10(BLOCKS + 1.0 + PRIOR_BLOCKS))  # nothing is rarer than this


class Rarity:
    """−log10 of the share of past blocks that held something at least as novel; one per channel.

    Counting blocks, not rows, makes a burst count once: the answer is "once in so many blocks" and means the same
    for every channel and every series.
    """

    def __init__(self, channels: int) -> None:
        self.largest = np.full((channels, BLOCKS), -np.inf)
        self.blocks = np.zeros(channels)
        self.current = np.full(channels, -np.inf)
        self.rows = 0

    def update(self, novelty: NDArray[np.float64]) -> NDArray[np.float64]:
        """Rarity (≥ 0) of each channel's novelty, NaN where that or its past is missing; then learn it."""
        as_novel = np.count_nonzero(self.largest >= novelty[:, None], axis=1)
        rarity = np.log10((self.blocks + PRIOR_BLOCKS + 1.0) / (as_novel + 1.0))
        rarity[novelty == 0] = 0.0
        rarity[np.isnan(novelty) | (self.blocks == 0)] = np.nan
        self.current = np.fmax(self.current, novelty)
        self.rows += 1
        if self.rows % BLOCK == 0:
            self._close_block()
        return np.asarray(rarity)

    def _close_block(self) -> None:
        self.largest[:, (self.rows // BLOCK - 1) % BLOCKS] = self.current
        self.blocks = np.isfinite(self.largest).sum(axis=1).astype(np.float64)
        self.current = np.full(len(self.current), -np.inf)
