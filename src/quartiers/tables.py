"""The tables that pages read, column by column.

**Reads** and **Writes** nothing.
**Method** Filled by ``compare.portraits`` (about a territory) and by ``link.view`` (about an
initiative), stored by the edition (Parquet and SQLite), read by the report and by whoever publishes pages
(``compare.reading``).
**Limits** The tables of the verbs about a record are in ``shapes``.
"""

from __future__ import annotations

import pyarrow as pa


def _table(**columns: str) -> pa.Schema:
    """A schema in short: «text», «whole», «number», «yes», «texts»; a mark «!» where it is always filled."""
    kinds = {
        **{"text": pa.string(), "whole": pa.int64(), "number": pa.float64(), "yes": pa.bool_()},
        "texts": pa.list_(pa.string()),
    }
    return pa.schema(
        [
            pa.field(n, kinds[k.rstrip("!")], nullable=not k.endswith("!"))
            for n, k in columns.items()
        ]
    )


#: What a page about a territory (or a chapter about the nation) reads, computed by the build:
#: ``territory`` is a code as in ``measures``. ``poverty`` in per cent, ``renewal`` a share,
#: ``expected`` a count at the peers' rate, ``doors`` are «subject=door».
PORTRAITS: dict[str, pa.Schema] = {
    "territories": _table(
        **{"code": "text!", "level": "text!", "name": "text!", "region": "text"},
        **{"departments": "texts!", "communes": "texts!", "quartiers": "texts!"},
        **{"population": "whole", "poverty": "number", "city": "whole", "renewal": "number"},
        **{"longitude": "number!", "latitude": "number!", "initiatives": "whole!"},
    ),
    "holdings": _table(territory="text!", initiative="text!"),
    "peers": _table(territory="text!", rank="whole!", peer="text!", distance="number!"),
    "lacks": _table(
        **{"territory": "text!", "rank": "whole!", "kind": "text!", "value": "text!"},
        **{"label": "text!", "having": "whole!", "peers": "whole!", "expected": "number"},
        **{"examples": "texts!"},
    ),
    "relays": _table(
        **{"territory": "text!", "place_type": "text!", "label": "text!", "nearest": "text"},
        **{"title": "text", "metres": "number!", "minutes": "number!", "within_walk": "whole!"},
        **{"inhabitants": "number"},
    ),
    "years": _table(territory="text!", theme="text", year="whole!", n="whole!"),
    "profiles": _table(
        **{"theme": "text!", "dimension": "text!", "value": "text!", "label": "text!"},
        **{"k": "whole!", "n": "whole!", "share": "number", "low": "number!", "high": "number!"},
    ),
    "words": _table(word="text!", quarters="whole!", smart="whole!", delta="number!", z="number!"),
    "neighbours": _table(family="text!", world="text!", word="text!", n="whole!"),
    "quotes": _table(
        family="text!", world="text!", initiative="text!", title="text!", quote="text!"
    ),
    "renewals": _table(
        **{"site": "text!", "territory": "text", "name": "text!", "commune": "text!"},
        **{"phase": "text!", "phase_code": "text", "seen": "text", "protocole": "text"},
        **{"convention": "text", "travaux": "text", "fin_prevue": "text"},
        **{"concertation": "text", "doors": "texts!", "url": "text", "source": "text!"},
    ),
    "opportunities": _table(
        **{"territory": "text!", "rank": "whole!", "topic": "text!", "score": "number!"},
        **{"site": "text", "phase": "text", "door": "text", "having": "whole!", "peers": "whole!"},
        **{"relays": "texts!", "partner": "text", "examples": "texts!", "because": "texts!"},
    ),
    "perimeters": _table(territory="text!", geojson="text!"),
}

#: One row a value and a record that gives it, for each field of which an initiative's records give
#: several: rank 0 is shown (``study/link/fields.toml`` says why), ``opposed`` contradicts a value before
#: it; ``date`` is the record's own (``retrieved_at``). A field that is not here has one value at most.
CLAIMS = _table(
    **{"initiative": "text!", "field": "text!", "rank": "whole!", "value": "text!"},
    **{"opposed": "yes!", "record": "text!", "source": "text!", "date": "text"},
)

#: One row an estimate of what no list knows: scope ∈ lieux | lieux-quartiers | actions-quartiers; theme
#: null for all; status ∈ estime | trop-peu | une-liste | modele-rejete (``study/link/national_lists.toml``
#: says what each means, and what each method supposes); ``seen`` in ``lists``, ``shared`` in two or more.
UNSEEN = _table(
    **{"scope": "text!", "territory": "text!", "theme": "text", "method": "text"},
    **{"value": "number", "low": "number", "high": "number", "seen": "whole!"},
    **{"shared": "whole!", "lists": "whole!", "status": "text!"},
)

#: What each concept is called elsewhere (``bridge.alignments``).
ALIGNMENTS: dict[str, pa.Schema] = {
    "alignments": _table(
        **{"concept": "text", "list": "text!", "version": "text", "relation": "text!"},
        **{"value": "text", "label": "text", "because": "text!"},
        **{"quartiers": "whole", "ville_intelligente": "whole"},
    ),
}
