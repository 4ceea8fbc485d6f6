"""What is known of a territory, read from an edition's SQLite file: rows for pages, nothing computed.

**Reads** ``quartiers.sqlite``, read-only. **Writes** nothing.
**Method** One function a question; lists come back as lists. A page, a report or another program calls
these; the figures are those that the build wrote, so that two readers say the same.
**Limits** One edition at a time; a connection serves one thread.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from quartiers.errors import EditionError
from quartiers.vocabularies import THEMES

#: Columns that hold a list as JSON text.
LISTS = frozenset(
    {
        *("themes", "infra", "forms", "place_types", "services", "records", "sources"),
        *("departments", "communes", "quartiers", "examples", "doors", "figures", "evidence"),
        *("because", "relays"),
    }
)
#: Under this many initiatives, none is a share.
FEW = 5
#: What one of a finding's figures says.
FIGURE = ("label", "value", "low", "high", "n", "unit")
Line = dict[str, Any]
Measures = dict[tuple[str, str | None], Line]


def open_tables(edition: Path) -> sqlite3.Connection:
    """The edition's SQLite file, read-only. Raises EditionError when it is not there."""
    path = edition / "quartiers.sqlite"
    if not path.is_file():
        raise EditionError(f"{path}: no such file; run `quartiers build` again.")
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    return connection


def ask(connection: sqlite3.Connection, sql: str, values: Sequence[Any] = ()) -> list[Line]:
    """Rows as dicts, JSON lists read."""
    return [
        {
            k: json.loads(row[k]) if k in LISTS and isinstance(row[k], str) else row[k]
            for k in row.keys()  # noqa: SIM118  a sqlite3.Row is not a mapping
        }
        for row in connection.execute(sql, values)
    ]


def territory(connection: sqlite3.Connection, code: str) -> Line | None:
    """Who it is: name, level, facts of its quarters; None when it holds none."""
    found = ask(connection, "SELECT * FROM territories WHERE code = ?", (code,))
    return found[0] if found else None


def measures_of(connection: sqlite3.Connection, *codes: str) -> dict[str, Measures]:
    """Territory → (indicator, modality) → value, low, high, n, status."""
    marks = ", ".join("?" * len(codes))
    found: dict[str, Measures] = {code: {} for code in codes}
    for row in ask(connection, f"SELECT * FROM measures WHERE territory IN ({marks})", codes):
        found[row["territory"]][row["indicator"], row["modality"]] = row
    return found


def peers_of(connection: sqlite3.Connection, code: str) -> list[Line]:
    """Its peers, nearest first, each with its distance and its own facts."""
    sql = """SELECT p.rank, p.distance, t.* FROM peers p JOIN territories t ON t.code = p.peer
             WHERE p.territory = ? ORDER BY p.rank"""
    return ask(connection, sql, (code,))


def lacks_of(connection: sqlite3.Connection, code: str) -> list[Line]:
    """What its peers do and that was not found there; ``examples`` are initiatives to call."""
    return ask(connection, "SELECT * FROM lacks WHERE territory = ? ORDER BY rank", (code,))


def relays_of(connection: sqlite3.Connection, code: str) -> list[Line]:
    """For a quarter: the nearest known relay place of each type, nearest first."""
    sql = "SELECT * FROM relays WHERE territory = ? ORDER BY metres, label"
    return ask(connection, sql, (code,))


def years_of(connection: sqlite3.Connection, code: str) -> list[Line]:
    """Initiatives by year of start; ``theme`` None is all of them."""
    sql = "SELECT theme, year, n FROM years WHERE territory = ? ORDER BY theme, year"
    return ask(connection, sql, (code,))


def renewals_of(connection: sqlite3.Connection, quartiers: Sequence[str]) -> list[Line]:
    """The renewal sites of quarters, each once, with the door open to each subject."""
    marks = ", ".join("?" * len(quartiers))
    sql = f"SELECT * FROM renewals WHERE territory IN ({marks}) GROUP BY site ORDER BY name"
    return ask(connection, sql, quartiers)


def perimeters_of(connection: sqlite3.Connection, quartiers: Sequence[str]) -> dict[str, Line]:
    """Quarter → its GeoJSON geometry; empty when the edition read no perimeters."""
    marks = ", ".join("?" * len(quartiers))
    sql = f"SELECT territory, geojson FROM perimeters WHERE territory IN ({marks})"
    return {row["territory"]: json.loads(row["geojson"]) for row in ask(connection, sql, quartiers)}


def initiatives_of(connection: sqlite3.Connection, code: str) -> list[Line]:
    """The initiatives that stand on a territory, by id."""
    sql = """SELECT i.* FROM holdings h JOIN initiatives i ON i.id = h.initiative
             WHERE h.territory = ? ORDER BY i.id"""
    return ask(connection, sql, (code,))


def neighbours_of(
    connection: sqlite3.Connection, quartier: str, communes: Sequence[str]
) -> list[Line]:
    """Digital initiatives that are close to a quarter, or in its communes and in no quarter known."""
    marks = ", ".join("?" * len(communes))
    sql = f"""SELECT * FROM initiatives WHERE digital = 'numerique' AND qpv_code = ?
              AND qpv_etat = 'proche'
              UNION SELECT i.* FROM holdings h JOIN initiatives i ON i.id = h.initiative
              WHERE h.territory IN ({marks}) AND i.qpv_etat NOT IN ('dedans', 'limite')
              ORDER BY id"""
    return ask(connection, sql, (quartier, *(f"COM{code}" for code in communes)))


def initiatives_named(connection: sqlite3.Connection, ids: Sequence[str]) -> dict[str, Line]:
    """Id → initiative, for the ids that the edition knows."""
    marks = ", ".join("?" * len(ids))
    sql = f"SELECT * FROM initiatives WHERE id IN ({marks})"
    return {row["id"]: row for row in ask(connection, sql, ids)}


def unseen_of(connection: sqlite3.Connection) -> list[Line]:
    """The estimates of what no list knows: the nation, each theme, each region.

    ``quarters`` and ``everywhere`` are {seen, status, least, modelled}: the estimate that supposes least,
    and the one of lists that depend on each other; None where there is none (``status`` says why).
    """
    sql = """SELECT * FROM unseen WHERE scope IN ('lieux-quartiers', 'lieux') AND
             (territory = 'FR' OR (territory LIKE 'REG%' AND theme IS NULL)) ORDER BY rowid"""
    found: dict[tuple[str, str | None], Line] = {}
    for row in ask(connection, sql):
        key = row["territory"], row["theme"]
        line = found.setdefault(key, {"territory": key[0], "theme": key[1]})
        scope = "everywhere" if row["scope"] == "lieux" else "quarters"
        blank = {"seen": row["seen"], "status": row["status"], "least": None, "modelled": None}
        side = line.setdefault(scope, blank)
        if row["status"] == "estime":
            side["modelled" if row["method"] == "log-linéaire" else "least"] = row
    for line in found.values():
        for scope in ("quarters", "everywhere"):
            nothing = {"seen": 0, "status": "une-liste", "least": None, "modelled": None}
            line.setdefault(scope, nothing)
    order = {None: -1} | {theme: rank for rank, theme in enumerate(THEMES)}
    return sorted(found.values(), key=lambda r: (r["territory"], order[r["theme"]]))


def findings(connection: sqlite3.Connection) -> list[Line]:
    """The thirteen questions, their answers and figures, in the study's order."""
    rows = ask(connection, "SELECT * FROM findings ORDER BY CAST(SUBSTR(id, 2) AS INTEGER)")
    for row in rows:  # the store leaves out what is None
        row["figures"] = [dict.fromkeys(FIGURE) | figure for figure in row["figures"] or ()]
    return rows


def evidence_of(connection: sqlite3.Connection, finding: str, limit: int = -1) -> list[Line]:
    """The initiatives that a finding's figure counts, each with its records and sources."""
    sql = """SELECT i.* FROM finding_evidence e JOIN initiatives i ON i.id = e.initiative
             WHERE e.finding = ? ORDER BY e.rank LIMIT ?"""
    return ask(connection, sql, (finding, limit))


def source_of(name: str, sources: Iterable[str]) -> str:
    """The source of the edition that a list belongs to («mednum-cnfs» is of «mednum»): the longest start."""
    starts = (s for s in sources if name == s or name.startswith(f"{s}-"))
    return max(starts, key=len, default=name)


def portrait_of(connection: sqlite3.Connection, code: str) -> Line | None:
    """Everything a page about a territory shows but its list of initiatives; None if unknown.

    Keys: ``territory``, ``measures`` (of it, of its peers and of the nation), ``peers``, ``lacks``,
    ``examples`` (id → initiative), ``relays``, ``years``, ``renewals``, ``perimeters``.
    """
    here = territory(connection, code)
    if here is None:
        return None
    peers, lacks = peers_of(connection, code), lacks_of(connection, code)
    return {
        "territory": here,
        "measures": measures_of(connection, code, "FR", *(p["code"] for p in peers)),
        "peers": peers,
        "lacks": lacks,
        "examples": initiatives_named(connection, [i for row in lacks for i in row["examples"]]),
        "relays": relays_of(connection, code),
        "years": years_of(connection, code),
        "renewals": renewals_of(connection, here["quartiers"]),
        "perimeters": perimeters_of(connection, here["quartiers"]),
    }
