"""Bring the website's English up to date with its words, and compile it.

Run after a change of a visible sentence: ``.venv/bin/python scripts/write_messages.py``. It reads the
marked sentences, keeps the translations there are, drops the ones nobody uses, names what is left to
translate, and writes ``django.po`` and ``django.mo``. French needs no translation, only its unbreakable
spaces (before «:», «;», «!», «?», inside « »): they are a ``django.mo`` too, so that nobody types them.
``tests/site/test_english.py`` fails when either is stale.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "src" / "observatory"
WORDS = Path("locale") / "en" / "LC_MESSAGES" / "django.po"
#: The same sentences in French, with their unbreakable spaces.
SPACES = Path("locale") / "fr" / "LC_MESSAGES" / "django.mo"
#: The calls that mark a sentence, and which of their arguments hold it.
CALLS = dict(DEFAULT_KEYWORDS) | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
}
#: Babel writes a day in the compiled file; the same one always, so that it changes only with its words.
NO_DAY = datetime(2000, 1, 1, tzinfo=UTC)
#: What the head of the catalogue says; no day, no name.
HEAD = """# The website in English; the French text is the key. Written by scripts/write_messages.py.
msgid ""
msgstr ""
"Language: en\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def marked() -> Catalog:
    """Every sentence marked for translation in the templates and the code, as they are now."""
    words = Catalog(locale="en")
    for path in sorted(SITE.rglob("*")):
        if path.suffix == ".py":
            code = path.read_text("utf-8")
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            # Each marked sentence becomes a call of gettext, all the rest a row of X.
            code = "\n".join(map(str.strip, templatize(path.read_text("utf-8")).splitlines()))
        else:
            continue
        for _line, calls, notes, context in extract("python", BytesIO(code.encode()), CALLS):
            words.add(calls, auto_comments=notes, context=context)
    return words


def translated() -> Catalog:
    """The catalogue as it is kept."""
    with (SITE / WORDS).open("rb") as file:
        catalogue = read_po(file, locale="en")
    catalogue.creation_date = NO_DAY
    return catalogue


def renewed(words: Catalog, kept: Catalog) -> Catalog:
    """The marked sentences, each with the translation it had; nothing is guessed from a near one."""
    fresh = Catalog(locale="en")
    for message in sorted((m for m in words if m.id), key=lambda m: (str(m.id), m.context or "")):
        had = kept.get(message.id, message.context)
        fresh.add(
            message.id,
            had.string if had is not None else message.string,
            flags=message.flags - {"fuzzy"},
            auto_comments=message.auto_comments,
            context=message.context,
        )
    return fresh


def write(catalogue: Catalog) -> None:
    """The catalogue and its compiled form, without a date."""
    with (SITE / WORDS).open("wb") as file:
        file.write(HEAD.encode())
        write_po(file, catalogue, width=100, no_location=True, omit_header=True)
    with (SITE / WORDS).with_suffix(".mo").open("wb") as file:
        write_mo(file, translated())


def forms(message: Message) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A sentence and its translation, each in the singular and, where it counts, the plural."""
    said, given = (
        (text or "",) if isinstance(text, str | None) else tuple(text)
        for text in (message.id, message.string)
    )
    return said, given


def spaced(sentence: str) -> str:
    """A French sentence whose marks never begin a line, nor are left alone at the end of one; 1 000 holds."""
    sentence = re.sub(r" (?=[:»])|(?<=«) ", "\u00a0", sentence)
    return re.sub(r" (?=[;!?])|(?<=\b1) (?=000\b)", "\u202f", sentence)


def spaces(words: Catalog) -> bytes:
    """The compiled catalogue of the sentences that have such marks."""
    french = Catalog(locale="fr", creation_date=NO_DAY)
    for message in sorted((m for m in words if m.id), key=lambda m: (str(m.id), m.context or "")):
        said = forms(message)[0]
        given = tuple(map(spaced, said))
        if given != said:
            french.add(message.id, given if len(given) > 1 else given[0], context=message.context)
    stream = BytesIO()
    write_mo(stream, french)
    return stream.getvalue()


def missing(catalogue: Catalog) -> list[str]:
    """The sentences that are not translated yet."""
    return [
        forms(message)[0][0] for message in catalogue if message.id and not all(forms(message)[1])
    ]


def main() -> None:
    """Bring both files up to date, and say what is left."""
    words = marked()
    write(renewed(words, translated()))
    (SITE / SPACES).parent.mkdir(parents=True, exist_ok=True)
    (SITE / SPACES).write_bytes(spaces(words))
    for sentence in missing(translated()):
        print(f"to translate: {sentence}")


if __name__ == "__main__":
    main()
