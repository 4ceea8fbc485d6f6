"""``quartiers locate FILE`` and the address base: the user's columns kept, ours added."""

from __future__ import annotations

import csv
import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlparse

import pytest
from click.testing import CliRunner, Result

from conftest import run_quartiers
from quartiers.cli.locate import command
from quartiers.errors import InputError
from quartiers.locate.addresses import LocalBase, first_answer, open_addresses
from quartiers.locate.answers import locate_records
from quartiers.locate.perimeters import read_perimeters
from quartiers.shapes import Record

#: A square of about 1 km around this point, over nothing real.
LON, LAT = 4.8506, 45.7506
SQUARE = [[LON - 0.006, LAT - 0.005], [LON + 0.006, LAT - 0.005], [LON + 0.006, LAT + 0.005],
          [LON - 0.006, LAT + 0.005], [LON - 0.006, LAT - 0.005]]  # fmt: skip


@pytest.fixture
def perimeters(tmp_path: Path) -> Path:
    path = tmp_path / "quartiers.geojson"
    feature = {
        "type": "Feature",
        "properties": {"code_qp": "QN06999I", "lib_qp": "Carré d'essai"},
        "geometry": {"type": "Polygon", "coordinates": [SQUARE]},
    }
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), "utf-8")
    return path


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(command, list(arguments), input=stdin, env={"QUARTIERS_DATA": ""})


def test_json_lines_in_json_lines_out_with_the_list_of_answers(perimeters: Path) -> None:
    text = "Au pied des Minguettes"
    lines = [
        {"id": 1, "longitude": LON, "latitude": LAT},
        {"id": 2, "text": text, "commune": "Vénissieux"},
        {"id": 3, "commune": "Caluire-et-Cuire"},
        {"id": 4, "commune": "Lyon"},
        {"id": 5, "qpv_code": "QN06913M"},
        {"id": 6},
    ]
    done = run("-", "--perimeters", str(perimeters), stdin="\n".join(map(json.dumps, lines)) + "\n")
    assert done.exit_code == 0, done.output
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["id"] for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [[a["code"] for a in row["qpv"]] for row in rows] == [
        ["QN06999I"], ["QN06913M"], [], [], ["QN06913M"], [],
    ]  # fmt: skip
    states = ["dedans", "dedans", "hors", "inconnu", "dedans", "inconnu"]
    assert [row["qpv_etat"] for row in rows] == states
    first = rows[0]["qpv"][0]
    assert first["methode"] == "point" and first["distance_m"] < -400
    reason = rows[1]["qpv"][0]["because"][0]
    assert text[reason["start"] : reason["end"]] == reason["quote"] == "Minguettes"


def test_a_table_keeps_its_columns_and_gets_ours(tmp_path: Path, perimeters: Path) -> None:
    source = tmp_path / "lieux.csv"
    source.write_text(
        f"nom;Longitude;Latitude;remarque\nMédiathèque;{LON};{LAT};=1+1\nSans lieu;;;rien\n",
        "utf-8",
    )
    done = run(str(source), "--perimeters", str(perimeters))
    assert done.exit_code == 0, done.output
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert list(rows[0])[:4] == ["nom", "Longitude", "Latitude", "remarque"]
    assert rows[0]["remarque"] == "=1+1"
    assert (rows[0]["qpv_code"], rows[0]["qpv_etat"], rows[0]["qpv_methode"]) == (
        "QN06999I", "dedans", "point",
    )  # fmt: skip
    assert rows[0]["qpv_codes"] == "QN06999I"
    assert (rows[1]["qpv_code"], rows[1]["qpv_etat"]) == ("", "inconnu")


def test_a_decimal_comma_is_read(tmp_path: Path, perimeters: Path) -> None:
    source = tmp_path / "lieux.csv"
    source.write_text(f"longitude;latitude\n{LON:.4f};{LAT:.4f}\n".replace(".", ","), "utf-8")
    done = run(str(source), "--perimeters", str(perimeters))
    assert "QN06999I" in done.stdout


def test_the_users_own_code_is_not_lost(tmp_path: Path) -> None:
    source = tmp_path / "codes.csv"
    source.write_text("qpv_code\nQP069026\n", "utf-8")
    rows = list(csv.DictReader(io.StringIO(run(str(source)).stdout)))
    assert rows[0]["qpv_code"] == "QN06923M"
    assert rows[0]["qpv_code_declare"] == "QP069026"


def test_a_table_that_says_no_place_is_refused_with_what_to_do(tmp_path: Path) -> None:
    source = tmp_path / "rien.csv"
    source.write_text("couleur,taille\nbleu,3\n", "utf-8")
    done = run(str(source))
    assert isinstance(done.exception, InputError)
    assert "couleur, taille" in str(done.exception) and "--column" in str(done.exception)


def test_a_column_of_another_name_can_be_told(tmp_path: Path) -> None:
    source = tmp_path / "actions.csv"
    source.write_text("phrase\nAtelier aux Minguettes\n", "utf-8")
    done = run(str(source), "--column", "text=phrase")
    assert "QN06913M" in done.stdout
    refused = run(str(source), "--column", "texte=phrase")
    assert isinstance(refused.exception, InputError)


def test_points_without_perimeters_are_said_not_placed(tmp_path: Path) -> None:
    source = tmp_path / "lieux.csv"
    source.write_text(f"longitude,latitude\n{LON},{LAT}\n", "utf-8")
    done = run(str(source))
    assert "inconnu" in done.stdout
    assert "no perimeters" in done.stderr


BAN = """id;numero;rep;nom_voie;code_postal;code_insee;nom_commune;lon;lat
1;3;;Rue des Essais;69007;69387;Lyon;{lon};{lat}
2;5;bis;Rue des Essais;69007;69387;Lyon;{lon};{lat}
3;1;;Avenue du Général Inconnu;69007;69387;Lyon;4.90001;45.70001
"""


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "ban.csv"
    path.write_text(BAN.format(lon=LON, lat=LAT), "utf-8")
    return str(path)


def at_address(base: Any, perimeters: Path, address: str, **more: Any) -> Any:
    fields = {"insee_code": "69387"} | more
    record = Record("essai", "1", "lieu", "", address=address, **fields)
    return locate_records([record], perimeters, addresses=base)[0][0]


def test_an_address_of_the_table_is_placed_and_says_so(table: str, perimeters: Path) -> None:
    base = open_addresses(table)
    for written in ("3 rue des Essais", "5 bis, Rue des essais 69007 Lyon", "3 RUE DES ESSAI"):
        answer = at_address(base, perimeters, written)
        assert (answer.code, answer.methode, answer.etat) == ("QN06999I", "adresse", "dedans")
        assert "score" in (answer.because[0].note or "")
    city = at_address(base, perimeters, "3 rue des Essais", insee_code="69123")
    named = at_address(base, perimeters, "3 rue des Essais", insee_code=None, commune="LYON")
    assert city.code == named.code == "QN06999I"
    away = at_address(base, perimeters, "1 av. du Gal Inconnu")
    assert (away.code, away.etat, away.methode) == (None, "hors", "adresse")


@pytest.mark.parametrize("written", ["Mairie", "8 rue de la République", "Lyon", "3"])
def test_an_address_that_the_table_lacks_is_unknown(
    table: str, perimeters: Path, written: str
) -> None:
    assert at_address(open_addresses(table), perimeters, written).etat == "inconnu"


def test_without_a_base_an_address_is_unknown_never_the_middle_of_the_town(
    perimeters: Path,
) -> None:
    assert at_address(None, perimeters, "3 rue des Essais").etat == "inconnu"


def test_a_table_of_addresses_without_its_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "faux.csv"
    path.write_text("rue,ville\na,b\n", "utf-8")
    with pytest.raises(InputError, match="no column"):
        open_addresses(str(path))


class Service(BaseHTTPRequestHandler):
    """A BAN/Addok service of three answers."""

    asked: ClassVar[list[dict[str, list[str]]]] = []

    def do_GET(self) -> None:
        query = parse_qs(urlparse(self.path).query)
        self.asked.append(query)
        words = query["q"][0].lower()
        if "essais" in words:
            self.reply("housenumber", 0.93)
        elif "douteuse" in words:
            self.reply("street", 0.55)
        elif "cassée" in words:
            self.send_response(500)
            self.end_headers()
        else:
            self.reply("municipality", 0.97)

    def reply(self, kind: str, score: float) -> None:
        feature = {
            "geometry": {"type": "Point", "coordinates": [LON, LAT]},
            "properties": {"type": kind, "score": score, "label": "3 Rue des Essais"},
        }
        body = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def service() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    Service.asked.clear()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    open_addresses.cache_clear()


def test_a_service_answers_from_a_score_of_eight_tenths_never_with_a_town(
    service: str, perimeters: Path
) -> None:
    base = open_addresses(service)
    sure = at_address(base, perimeters, "3 rue des Essais")
    assert (sure.code, sure.methode) == ("QN06999I", "adresse")
    assert sure.score == pytest.approx(0.93, abs=0.01)
    assert at_address(base, perimeters, "rue douteuse").etat == "inconnu"
    assert at_address(base, perimeters, "quelque part").etat == "inconnu"


def test_a_service_is_asked_once_an_address_with_the_commune(
    service: str, perimeters: Path
) -> None:
    base = open_addresses(service)
    for _ in range(3):
        at_address(base, perimeters, "3 rue des Essais")
    assert len(Service.asked) == 1
    assert Service.asked[0]["citycode"] == ["69387"]


def test_a_record_that_has_its_point_is_not_asked(service: str, perimeters: Path) -> None:
    base = open_addresses(service)
    at_address(base, perimeters, "3 rue des Essais", longitude=LON, latitude=LAT)
    assert Service.asked == []


def test_a_broken_service_stops_with_a_sentence(service: str, perimeters: Path) -> None:
    with pytest.raises(InputError, match="check the address given"):
        at_address(open_addresses(service), perimeters, "rue cassée")


def test_an_empty_answer_is_no_place() -> None:
    assert first_answer({"features": []}) is None
    assert first_answer([]) is None
    assert LocalBase().one("3 rue des Essais", None, "69387", None) is None


@pytest.mark.parametrize(
    "content", ["[" * 100_000, '{"features": [1]}', '{"features": 3}', "<html>"]
)
def test_perimeters_of_nonsense_are_one_sentence(tmp_path: Path, content: str) -> None:
    path = tmp_path / "perimetres.geojson"
    path.write_text(content)
    with pytest.raises(InputError, match="not a readable GeoJSON"):
        read_perimeters(path)


@pytest.mark.parametrize("near", ["nan", "-5", "1e12"])
def test_a_distance_that_is_none_is_refused(near: str) -> None:
    done = run_quartiers("locate", "-", f"--near={near}", stdin="nom\na\n", code=2)
    assert "give metres" in done.stderr
