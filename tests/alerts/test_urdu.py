"""Whatever citizens and officers read stands in Urdu too."""

import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings

FOLDER = Path(settings.BASE_DIR) / "alerts"
PAGES = [path for path in (FOLDER / "templates" / "alerts").rglob("*.*") if path.parent.name != "admin"]
SENTENCE = re.compile(r'{% translate "([^"]+)"')
BLOCK = re.compile(r"{% blocktranslate[^%]*%}(.*?){%", re.DOTALL)


def sentences(path: Path) -> list[str]:
    text = path.read_text()
    return SENTENCE.findall(text) + [re.sub(r"{{ (\w+) }}", r"%(\1)s", found) for found in BLOCK.findall(text)]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_sentence_of_a_page_is_translated(path: Path) -> None:
    urdu = gettext.translation("django", str(FOLDER / "locale"), ["ur"])
    missing = {sentence for sentence in sentences(path) if urdu.gettext(sentence) == sentence}
    assert missing - set(counted(urdu)) == set()


def counted(urdu: gettext.NullTranslations) -> list[str]:
    """Sentences with a number in them, which gettext keeps under their singular."""
    catalogue: dict[object, str] = urdu._catalog
    return [key[0] for key in catalogue if isinstance(key, tuple)]
