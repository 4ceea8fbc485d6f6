"""Bridge: found without sharing a word, and why; partners with reasons that quote both sides."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from conftest import run_quartiers
from quartiers import lexicon, thesaurus
from quartiers.bridge import Hit, judgements, match, match_text, search
from quartiers.bridge.aspects import DIFFUSE
from quartiers.bridge.english import in_french
from quartiers.bridge.expansion import expand, query_concepts
from quartiers.bridge.filing import Batch
from quartiers.bridge.opportunities import as_name, having_it
from quartiers.bridge.search import ranked
from quartiers.bridge.stored import Posting
from quartiers.bridge.vocabulary import Vocabulary
from quartiers.bridge.wording import step_said
from quartiers.bridge.words import family, sound
from quartiers.errors import InputError, StudyError
from quartiers.text import spelt, words


@pytest.fixture(scope="module")
def edition(embedded: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(f"file:{embedded / 'quartiers.sqlite'}?mode=ro", uri=True)
    yield connection
    connection.close()


QUERIES = Path(__file__).parents[1] / "evaluation" / "search_queries.jsonl"


def records(hits: list[Hit]) -> list[str]:
    return [str(hit.record) for hit in hits]


def test_a_smart_city_word_finds_what_neighbourhoods_do(edition: sqlite3.Connection) -> None:
    found = records(search(edition, "civic tech", limit=20))
    assert "benchmark:nanterre-agora-plateforme" in found
    assert "benchmark:espaces-citoyens-numeriques-roubaix" in found


def test_turning_bridges_off_loses_what_shares_no_word(edition: sqlite3.Connection) -> None:
    found = {True: 0, False: 0}
    for query in map(json.loads, QUERIES.read_text("utf-8").splitlines()[:40]):
        for bridges in found:
            first = records(search(edition, query["query"], limit=20, bridges=bridges))
            found[bridges] += len(query["relevant"].keys() & set(first))
    assert found[True] > 1.2 * found[False]


def test_each_result_tells_the_path_with_the_words_found(edition: sqlite3.Connection) -> None:
    hits = search(edition, "civic tech", limit=10)
    quoted = [
        (step.rsplit("→ « ", 1)[1].rstrip(" »"), hit.entry.said)
        for hit in hits
        for step in hit.path
        if "→ « " in step
    ]
    assert quoted and all(hit.path for hit in hits)
    for said, row in quoted:
        assert said.lower() in row.lower()


def test_what_is_found_by_its_subjects_alone_says_so(edition: sqlite3.Connection) -> None:
    hits = search(edition, "payer moins de chauffage", limit=10)
    filed = [
        (step.rsplit("→ sujet « ", 1)[1].removesuffix(" »"), hit.entry)
        for hit in hits
        for step in hit.path
        if "→ sujet « " in step
    ]
    assert filed
    for said, entry in filed:
        assert said in entry.subjects


def test_the_bare_id_of_the_study_is_enough_to_match(edition: sqlite3.Connection) -> None:
    named = [hit.id for hit in match(edition, "benchmark:opticities")]
    assert named == [hit.id for hit in match(edition, "opticities")]


def test_a_reason_is_told_once(edition: sqlite3.Connection) -> None:
    hits = search(edition, "civic tech", limit=10)
    assert any(len(hit.path) > 1 for hit in hits)
    for hit in hits:
        ends = [step.split(" : ", 1)[1] for step in hit.path if " : " in step]
        assert len(ends) == len(set(ends))


@pytest.mark.parametrize(
    ("query", "same"),
    [
        ("fablabs", "fablab"),
        ("mediation numerique", "médiation numérique"),
        ("imprimantes 3D", "imprimante 3D"),
        ("covoiturrage", "covoiturage"),
    ],
)
def test_plurals_accents_and_slips_find_the_same(
    edition: sqlite3.Connection, query: str, same: str
) -> None:
    found = records(search(edition, query, limit=10))
    expected = records(search(edition, same, limit=10))
    assert len(set(found) & set(expected)) >= 6


def test_english_words_are_understood() -> None:
    assert expand("smart grid")
    assert expand("digital twin")


def test_a_query_of_nothing_finds_nothing(edition: sqlite3.Connection) -> None:
    for query in ("", "   ", "de la", "xqzw", '"', "a OR b) NEAR", "'; DROP TABLE records; --"):
        assert isinstance(search(edition, query), list)
    assert search(edition, "de la") == []


def test_filters_keep_only_what_they_say(edition: sqlite3.Connection) -> None:
    for theme in ("logement", "culture"):
        hits = search(edition, "atelier", theme=theme)
        assert hits
        assert all(theme in hit.entry.themes for hit in hits)
    for territory in ("69259", "COM69259"):
        hits = search(edition, "atelier", territory=territory)
        assert hits
        assert {hit.entry.insee_code for hit in hits} == {"69259"}
    hits = search(edition, "atelier", territory="EPCI200046977", limit=100)
    assert {"69259", "69256"} <= {hit.entry.insee_code for hit in hits}
    hits = search(edition, "atelier", world="ville-intelligente")
    assert {hit.entry.world for hit in hits} == {"ville-intelligente"}
    found = search(edition, "jardin partagé", digital=True)
    assert all(hit.entry.digital != "non-numerique" for hit in found)


def test_what_the_experts_judged_not_digital_answers_a_need_and_is_said_to_be_so(
    edition: sqlite3.Connection,
) -> None:
    hits = {str(hit.record): hit for hit in search(edition, "passer le permis de conduire")}
    assert "benchmark:o-auto-ecole-sociale" in hits
    entry = hits["benchmark:o-auto-ecole-sociale"].entry
    assert (entry.digital, entry.in_view) == ("non-numerique", False)


def test_an_unknown_territory_is_said(edition: sqlite3.Connection) -> None:
    with pytest.raises(InputError):
        search(edition, "atelier", territory="nulle part")


def test_a_partial_word_finds_the_whole_one(edition: sqlite3.Connection) -> None:
    assert {"benchmark:covoit-solidr-poissy"} <= set(records(search(edition, "covoitur")))


def test_words_of_one_family_are_near(edition: sqlite3.Connection) -> None:
    assert family("demolition") == family("demolir")
    assert family("decrochage") == family("decrocheurs")
    assert family("reseau") != family("resine")


def test_what_the_query_names_weighs_more_than_what_it_leads_to() -> None:
    own = query_concepts("civic tech")
    reached = expand("civic tech")
    assert set(own) < set(reached)
    assert max(p.weight for s, p in reached.items() if s not in own) < 1


def test_partners_are_of_the_other_world_varied_and_quoted(edition: sqlite3.Connection) -> None:
    projects = edition.execute(
        "SELECT id FROM initiatives WHERE world = 'ville-intelligente' AND digital = 'numerique'"
    ).fetchall()
    for (project,) in projects[:20]:
        hits = match(edition, project)
        assert hits
        for hit in hits:
            world = edition.execute(
                "SELECT world FROM initiatives WHERE id = ?", (hit.id,)
            ).fetchone()[0]
            assert world == "quartiers"
            assert any("↔" in step or "mots communs" in step for step in hit.path)
        assert len({hit.id for hit in hits}) == len(hits)


def test_matching_goes_both_ways(edition: sqlite3.Connection) -> None:
    hits = match(edition, "benchmark:pimms-paris", 3)
    assert len(hits) == 3


def test_a_project_told_in_a_few_lines_finds_partners(edition: sqlite3.Connection) -> None:
    told = "Plateforme de covoiturage\nUne application propose des trajets aux salariés de la métropole."
    hits = match_text(edition, told)
    assert {hit.entry.world for hit in hits} == {"quartiers"}
    assert "benchmark:covoit-solidr-poissy" in records(hits)


def test_no_carrier_fills_the_list(edition: sqlite3.Connection) -> None:
    hits = match(edition, "benchmark:toodego-grandlyon", 6)
    carriers = [hit.entry.carrier for hit in hits if hit.entry.carrier]
    assert len(carriers) - len(set(carriers)) <= 2


def test_an_unknown_id_is_said(edition: sqlite3.Connection) -> None:
    with pytest.raises(InputError, match="quartiers search"):
        match(edition, "benchmark:nowhere")


def test_an_opening_joins_what_lacks_a_door_peers_and_whom_to_call(
    edition: sqlite3.Connection,
) -> None:
    rows = edition.execute("SELECT territory, topic, because FROM opportunities").fetchall()
    assert len(rows) > 1_000
    for territory, topic, because in rows[:200]:
        said = json.loads(because)
        assert said[0].startswith("rien trouvé")
        held = edition.execute(
            "SELECT count(*) FROM holdings h JOIN initiative_infra i ON i.initiative = h.initiative "
            "WHERE h.territory = ? AND i.topic = ?",
            (territory, topic),
        ).fetchone()[0]
        assert held == 0
    told = [json.loads(because) for _, _, because in rows]
    for start in ("renouvellement urbain", "lieu relais", "projet de ville intelligente du même"):
        assert any(reason.startswith(start) for said in told for reason in said), start


def test_the_project_to_call_is_not_the_same_everywhere(edition: sqlite3.Connection) -> None:
    rows = edition.execute(
        "SELECT topic, count(DISTINCT partner), max(n) * 1.0 / sum(n) FROM (SELECT topic, partner, "
        "count(*) AS n FROM opportunities GROUP BY topic, partner) GROUP BY topic"
    ).fetchall()
    assert all(projects > 1 for topic, projects, _ in rows if topic in ("energie", "capteurs"))
    assert max(share for topic, _, share in rows if topic in ("energie", "capteurs")) < 0.8


def test_a_meeting_is_told_in_french_without_slugs(edition: sqlite3.Connection) -> None:
    for project in ("benchmark:issygrid", "benchmark:lyon-hikari", "benchmark:bondy-blog"):
        told = " | ".join(step for hit in match(edition, project) for step in hit.path)
        for wrong in ("de inclusion", "de énergie", "residence", "centre-social", "« novembre »"):
            assert wrong not in told, (project, wrong)
        assert "même thème : mobilite" not in told
    assert step_said("broad", "inclusion-numerique") == "fait partie d'inclusion numérique"


def test_one_peer_is_one_and_three_are_three() -> None:
    assert having_it(1, 6) == "1 territoire semblable sur 6 y a une initiative"
    assert having_it(3, 6) == "3 territoires semblables sur 6 y ont une initiative"


def test_a_name_in_capitals_is_told_without_them_and_an_acronym_inside_one_stays() -> None:
    assert as_name("LA REGIE DU PAYS DE MEAUX") == "La Regie du Pays de Meaux"
    assert as_name("Maison France services de Haisnes") == "Maison France services de Haisnes"
    assert as_name("Médiathèque et EPN") == "Médiathèque et EPN"


@pytest.fixture
def answered(embedded: Path, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A copy of the edition whose answers come from a sheet."""
    sheet = tmp_path / "judgements.csv"
    sheet.write_text(",".join(judgements.COLUMNS) + "\n", "utf-8")
    for result in ("benchmark:data-et-quartiers",):
        judgements.add("match", "benchmark:rennes-rudi", result, "refused", "Équipe", sheet)
    judgements.add("match", "benchmark:rennes-rudi", "benchmark:bondy-blog", "accepted", "É", sheet)
    judgements.add("search", "la civic tech", "benchmark:bondy-blog", "accepted", "É", sheet)
    first = "benchmark:nanterre-agora-plateforme"
    judgements.add("search", "civic tech", first, "refused", "É", sheet)
    shutil.copy(embedded / "quartiers.sqlite", tmp_path / "q.sqlite")
    connection = sqlite3.connect(tmp_path / "q.sqlite")
    connection.execute("DROP TABLE judgements")
    judgements.write_judgements(connection, sheet)
    yield connection
    connection.close()


def test_a_refused_partner_is_not_proposed_again_either_way(
    edition: sqlite3.Connection, answered: sqlite3.Connection
) -> None:
    refused = "benchmark:data-et-quartiers"
    assert refused in records(match(edition, "benchmark:rennes-rudi", 50))
    assert refused not in records(match(answered, "benchmark:rennes-rudi", 50))
    assert "benchmark:rennes-rudi" not in records(match(answered, refused, 50))


def test_answers_about_a_search_move_its_results_and_no_other(
    edition: sqlite3.Connection, answered: sqlite3.Connection
) -> None:
    def place(connection: sqlite3.Connection, record: str) -> int:
        return records(search(connection, "civic tech", limit=200)).index(record)

    for record, sign in (("benchmark:nanterre-agora-plateforme", 1), ("benchmark:bondy-blog", -1)):
        assert (place(answered, record) - place(edition, record)) * sign > 0
    other = "ordinateur pas cher"
    assert records(search(edition, other)) == records(search(answered, other))


def test_an_answer_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="who answers"):
        judgements.add("match", "a", "b", "peut-être", "É", tmp_path / "j.csv")
    (tmp_path / "j.csv").write_text("kind,about\nmatch,a\n", "utf-8")
    with pytest.raises(StudyError, match="line 2"):
        judgements.load(tmp_path / "j.csv")


def test_programs_get_ids_of_the_embedded_study(embedded: Path) -> None:
    done = run_quartiers("search", "civic tech", "--json", editions=embedded.parent)
    rows = json.loads(done.stdout)
    assert set(rows[0]) == {"id", "score", "path"}
    assert rows[0]["id"].startswith("benchmark:")
    done = run_quartiers("match", rows[0]["id"], "--json", editions=embedded.parent)
    assert json.loads(done.stdout)


def test_each_alignment_says_why_and_each_concept_of_one_world_has_one(
    edition: sqlite3.Connection,
) -> None:
    rows = edition.execute(
        "SELECT concept, because, quartiers, ville_intelligente FROM alignments"
    ).fetchall()
    assert all(because.strip() for _, because, _, _ in rows)
    told = {concept for concept, _, _, _ in rows}
    assert {s for s, c in thesaurus.load().concepts.items() if len(c.schemes) == 1} <= told
    assert any(quarters and smart for _, _, quarters, smart in rows)


def test_the_first_results_are_those_of_a_full_sort() -> None:
    chance = np.random.default_rng(7)
    for size, most in ((0, 5), (3, 5), (700, 10), (5_000, 20), (5_000, 400)):
        for values in (4, 100_000):  # many ties, or hardly any
            scores = (chance.integers(0, values, size) - values // 3).astype(np.float32)
            wanted = sorted(range(size), key=lambda n: (-scores[n], n))
            assert ranked(scores, most) == [n for n in wanted if scores[n] > 0][:most]


def test_a_posting_tells_its_weight_only_where_it_is() -> None:
    found = Posting(3, 0.1, np.array([2, 5, 9], np.int32), np.array([100, 50, 200], np.uint8))
    assert found.at(np.array([1, 2, 5, 9, 12])).tolist() == [0, 1, 0.5, 2, 0]
    scores = np.ones(10, np.float32)
    found.add_to(scores, 2.0)
    assert scores.tolist() == [1, 1, 3, 1, 1, 2, 1, 1, 1, 5]


def test_many_texts_at_once_name_the_concepts_that_each_names_alone() -> None:
    texts = [
        (
            "L'œuvre du fablab",
            "sans internet",
            "Budget participatif et TAD ; aide à la démarche.",
            "",
        ),
        ("", "", "", ""),
        ("Cœur de ville", "EPN", "PAS DE WIFI. un point d'accès public à internet, des IoT", ""),
    ]
    vocabulary = Vocabulary()
    found = Batch([part for text in texts for part in text], vocabulary).named()
    slugs = list(vocabulary.concepts)
    known = lexicon.load(told=True)
    for number, text in enumerate(texts):
        alone = {
            hit.entry.slug
            for part in text
            for hit in known.find(words(spelt(part)), spelt(part))
            if not hit.negated and hit.entry.strength != "faux"
        }
        at_once = {slugs[c] for c in found.concepts[found.entries == number]}
        assert at_once == alone
    assert all(
        said in " ".join(texts[e]) for e, said in zip(found.entries, found.said, strict=True)
    )


def test_an_english_query_is_said_in_french_and_a_french_one_is_left_alone() -> None:
    assert in_french(["driving", "lessons"])["lessons"] == ("cours", "apprendre")
    assert "relogement-demolition" in expand("displaced residents")
    for query in ("place de parking", "un tour de la cité", "data", "réunion publique locale"):
        assert not in_french(words(query)), query


def test_a_word_written_as_it_sounds_is_understood() -> None:
    assert "reconditionnement" in expand("recondissionés")
    assert sound("mediateque") == sound("mediatheque")
    assert sound("cinema") != sound("chemin")


def test_a_search_for_nothing_says_what_to_give(embedded: Path) -> None:
    done = run_quartiers("search", " ", editions=embedded.parent, code=2)
    assert "say what to look for" in done.stderr


@pytest.mark.parametrize("nonsense", ["zzzzzz", "tttttt", "eeeeee sdsdsd", "xxxxx", "aaaaaaa"])
def test_letters_that_sound_like_nothing_are_no_word(nonsense: str) -> None:
    assert expand(nonsense) == expand("")


def test_what_nearly_every_entry_has_does_not_drown_the_rest(edition: sqlite3.Connection) -> None:
    concepts = thesaurus.load().concepts
    assert set(concepts) >= DIFFUSE
    found = [hit.entry.text for hit in search(edition, "seniors et internet", limit=5)]
    assert sum("senior" in text.lower() or "âgé" in text for text in found) >= 2
    assert search(edition, "internet", limit=5)


def test_a_french_word_is_not_read_as_another() -> None:
    assert not any("lu «" in step for path in expand("boire").values() for step in path.steps)
