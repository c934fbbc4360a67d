"""What axe-core finds wrong on a page that is open in the browser, its advice for good pages included."""

from pathlib import Path

import pytest


def wrong_with(page: object) -> list[tuple[str, str]]:
    """(rule, the first place that breaks it). The page is judged with everything unfolded."""
    axe = pytest.importorskip("axe_playwright_python", reason="needs axe-playwright-python (requirements-dev.txt)")
    page.evaluate("for (const node of document.querySelectorAll('details')) node.open = true")
    page.evaluate((Path(axe.__file__).parent / "axe.min.js").read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert "color-contrast" in {rule["id"] for rule in found["passes"]}, page.url
    return [(r["id"], r["nodes"][0]["html"][:200]) for r in found["violations"]]
