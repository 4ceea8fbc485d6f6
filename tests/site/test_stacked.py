"""Wide tables on a phone: each cell bears the name of its column, and the table stays one."""

from __future__ import annotations

import pytest

from observatory.templatetags.stacked import name_cells

HEAD = '<table class="stacked"><thead><tr><th scope="col">Lieu</th><th>À <b>pied</b></th></tr></thead><tbody>'


def test_each_cell_bears_the_name_of_its_column_and_each_element_its_role() -> None:
    page = name_cells(
        f'{HEAD}<tr><th scope="row">MJC</th><td class="n">4 min</td></tr></tbody></table>'
    )
    assert '<td role="cell" data-what="À pied" class="n">4 min</td>' in page
    assert '<th role="columnheader" scope="col">Lieu</th>' in page
    assert '<th role="rowheader" scope="row">MJC</th>' in page
    assert [page.count(f'role="{r}"') for r in ("table", "rowgroup", "row")] == [1, 2, 2]


def test_a_cell_over_several_columns_leaves_the_next_its_own_name() -> None:
    head = "<table><thead><tr><th>A</th><th>B</th><th>C</th></tr></thead><tbody>"
    page = name_cells(f'{head}<tr><td colspan="2">x</td><td>y</td></tr></tbody></table>')
    assert 'data-what="A" colspan="2">x' in page
    assert 'data-what="C">y' in page


@pytest.mark.parametrize(
    "words", ["&quot;entre guillemets&quot;", "a &amp; b", "<svg></svg>a &lt; b"]
)
def test_a_name_stays_escaped(words: str) -> None:
    page = name_cells(f"<table><thead><tr><th>{words}</th></tr></thead><tr><td>1</td></tr></table>")
    assert f'data-what="{words.removeprefix("<svg></svg>")}"' in page


def test_what_is_not_of_the_table_is_left_alone() -> None:
    cell = '<td><a href="/">trois</a> <span class="soft">theme</span></td>'
    page = name_cells(f"{HEAD}<tr>{cell}</tr></tbody></table>")
    assert '<a href="/">trois</a> <span class="soft">theme</span></td>' in page
    assert page.count("data-what") == 1
