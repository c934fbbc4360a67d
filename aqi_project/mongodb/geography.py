"""Django's geography stays out."""

import contextlib
from collections.abc import Iterator
from ctypes import util


@contextlib.contextmanager
def without_gdal() -> Iterator[None]:
    """While it lasts, no library is found.

    django-mongodb-backend tries three times whether GDAL is there, which nothing here uses. Each time Django looks for
    it under a dozen names, and for each name Python asks ldconfig, gcc and ld: a hundred processes at every start.
    """
    usual = util.find_library
    util.find_library = lambda name: None
    try:
        yield
    finally:
        util.find_library = usual
