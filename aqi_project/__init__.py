"""The project: settings, addresses, the embedded database, and what all applications share."""

import os

# Worker processes are the unit of parallelism here. OpenMP's threads of several of them on the same cores wait for each
# other actively: on two busy cores a fit of 30 s took 300. Read when a numerical library is first loaded.
os.environ.setdefault("OMP_NUM_THREADS", "1")
