"""The numbers behind the rules, each with its unit; docs/quality.md says where they come from."""

from datetime import timedelta

# What providers send in place of "missing". Anything beyond ABSURD is one too (-9.99899949e+12, 9.97e+36).
SENTINELS = (-99.0, -999.0, -9999.0, -99999.0, -32768.0)
ABSURD = 1e9

# µg/m³ of an hour that can have been real: about twice the worst hour of five years in Lahore.
RANGES = {
    "pm2_5": (0.0, 5000.0),
    "pm10": (0.0, 6000.0),
    "so2": (0.0, 3000.0),
    "no2": (0.0, 2000.0),
    "o3": (0.0, 1500.0),
    "co": (0.0, 60000.0),
    "no": (0.0, 2000.0),
    "nh3": (0.0, 1500.0),
}

# A frozen value: the limit where the series' own habit is not known yet, and the least of all limits.
FROZEN_AFTER = timedelta(hours=6)
FROZEN_AT_FLOOR_AFTER = timedelta(hours=24)  # gases do rest at zero for a night
FROZEN_LEAST_ROWS = 4
FROZEN_MOST_ROWS = 1440  # a check looks no farther back than this; what usually rests longer …
NEVER = 2**31  # … is frozen after so many rows
FROZEN_LONGEST = timedelta(days=1)  # what rests for a day needs rest no longer, however often it is reported
FROZEN_OVER_HABIT = 2  # times the longest usual run, plus one
USUAL_TIMES = 5  # what has happened this often in the past is usual

# A jump without company: `leap` as a factor on value + OFFSET, and the relatives that would have moved too.
JUMP_OFFSET = 10.0  # µg/m³
JUMP_STILL = 1.25  # a relative within this factor stands still
JUMP_LEAST_RELATIVES = 2
RELATIVES = {
    "pm2_5": (3.0, ("pm10", "co", "no2")),
    "pm10": (3.0, ("pm2_5", "co", "no2")),
    "co": (3.0, ("pm2_5", "pm10", "no2")),
    "no2": (4.0, ("co", "pm2_5", "pm10")),
    "so2": (4.0, ("no2", "co", "pm2_5", "pm10")),
}

# PM2.5 is a part of PM10: more than this share plus this many µg/m³ cannot be.
PM_SHARE = 1.1
PM_SLACK = 2.0

REPEATED_LEAST = 3  # pollutants that all stand exactly as before make a repeated measurement
CLOCK_TOLERANCE = timedelta(minutes=2)
CONTIGUOUS_INTERVALS = 3  # rows farther apart than this have nothing to do with each other
LATE_REMARK_INTERVALS = 3  # a reading that arrives later than this is remarked on


def is_sentinel(value: float) -> bool:
    """Whether `value` stands for "missing". Such a number must not be converted to another unit."""
    return value in SENTINELS or abs(value) >= ABSURD
