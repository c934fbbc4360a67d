"""`python -m tests.with_mongod COMMAND …`: run a command with a MongoDB of its own."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from aqi_project.mongodb import mongod

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, mongod.running(mongod.free_port(), Path(folder)) as uri:
        sys.exit(subprocess.run(sys.argv[1:], env={**os.environ, "MONGODB_URI": uri}, check=False).returncode)
