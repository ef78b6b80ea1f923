"""The public recordings against the published values, as docs/agreement.md tells it."""

from pathlib import Path

import pytest
from agreement import compared, document
from published import DATA, cases

DOCUMENT = Path(__file__).parents[1] / "docs" / "agreement.md"
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="the public recordings are not there; set LIMB_DAQ_DATA to their folder"
)


@needs_data
@pytest.mark.parametrize("case", cases(), ids=lambda case: case.title)
def test_every_published_value_is_reproduced_with_the_rules_behind_it(case):
    lines = compared(case)

    assert len(lines) == len(case.rows)
    assert [(line.row.metric, line.pinned, line.row.published) for line in lines if not line.agrees] == []


@needs_data
def test_the_document_is_what_the_program_gives_today():
    written = DOCUMENT.read_text(encoding="utf-8").split("\n")

    # The last digit of a peer may depend on its version; names, units and our own columns may not.
    assert [line.split("|")[1:5] for line in written if line.startswith("| `")] == [
        line.split("|")[1:5] for line in document() if line.startswith("| `")
    ]
