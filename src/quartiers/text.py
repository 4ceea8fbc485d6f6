"""The reader of French: folding that keeps places, words, stems.

**Reads** any text. **Writes** nothing.
**Method** :func:`fold` lowers, takes accents off and turns all that is not a letter or a digit into
a space, *one character for one*, so a place in the folded text is a place in the original. Words
are what spaces part. :func:`stem` takes off the plural and the doubled feminine, on both sides of
every comparison, so that «réseaux», «RESEAU» and «réseau» are one word. :func:`readable` blanks what
is not language (addresses, tags) and mends what fold cannot take one for one (decomposed accents,
one known corruption), with the map back to the original places.
**Limits** Made for short French texts: other alphabets become spaces. The stem is not a lemma of a
verb («programmer» and «programmation» stay apart).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: What one é became in one of the departments' lists: a sequence that no French text holds.
_CORRUPTED = "ü¾Ž–”¼"
#: Addresses of pages and of people, tags, attachments, placeholders: an e-mail address announces, it
#: does not say that an action is digital. An @ inside a word is a letter («cyb@r»).
_NOISE = re.compile(
    r"https?://\S+|www\.\S+|\S+@\S+\.[A-Za-z]{2,}"
    r"|\{\{.*?\}\}|<[^<>]{1,300}>|&[a-z]{2,6};|\[(?:courriel|tel|nom)\]"
)
_NOISE_SIGN = re.compile(r"[\[@{<&]|http|www\.")
_WORD = re.compile(r"\S+")
#: Characters that stand for a letter and should not part a word.
_LIGATURES = {
    "@": "a",
    "œ": "o",
    "Œ": "o",
    "æ": "a",
    "Æ": "a",
    "ß": "s",
    "ø": "o",
    "Ø": "o",
    "ð": "d",
}


def _fold_table() -> bytes:
    """cp1252 byte → folded ASCII byte; all that is not a letter or a digit → space."""
    table = bytearray(b" " * 256)
    for code in range(256):
        try:
            char = bytes([code]).decode("cp1252")
        except UnicodeDecodeError:
            continue
        base = _LIGATURES.get(char) or unicodedata.normalize("NFD", char)[0].lower()
        if base.isascii() and base.isalnum():
            table[code] = ord(base)
    return bytes(table)


_TABLE = _fold_table()


def fold(text: str) -> str:
    """``text`` without case, accents and punctuation, of exactly the same length.

    Example: ``fold("L’Écran, c'est…")`` is ``"l ecran  c est "``.
    """
    return folded_bytes(text).decode("ascii")


def folded_bytes(text: str) -> bytes:
    """:func:`fold`, as bytes."""
    return text.encode("cp1252", "replace").translate(_TABLE)


def tokens(folded: str) -> list[tuple[int, int, str]]:
    """The words of a folded text: (start, end, word)."""
    return [(m.start(), m.end(), m.group()) for m in _WORD.finditer(folded)]


def words(text: str) -> list[str]:
    """The folded words of a text, in order (:func:`tokens` without the places, and faster)."""
    return fold(text).split()


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """A folded word without its plural and doubled feminine; short words are left alone."""
    if len(word) <= 3 or not word.isalpha():
        return word
    if word.endswith("aux") and not word.endswith("eaux") and len(word) > 4:
        return word[:-3] + "al"
    if word[-1] == "s" or (word[-1] == "x" and word[-2] == "u"):
        word = word[:-1]
    if word.endswith("ee"):
        word = word[:-1]
    if len(word) > 5 and word.endswith(("nne", "lle", "tte")):
        word = word[:-2]
    return word


#: The word under which a dictionary or an index may file another: here its stem.
lemma = stem


def spelt(text: str) -> str:
    """``text`` with the ligature that keyboards lack written in two letters."""
    return text.replace("œ", "oe").replace("Œ", "Oe")


def readable(text: str) -> tuple[str, list[int] | None]:
    """``text`` as it is to be read, and, where characters moved, the place in the original of each
    (and of the end).

    Addresses, tags and placeholders of contacts are blanked, character for character. Decomposed
    accents are joined and the known corruption mended.
    """
    if _NOISE_SIGN.search(text):
        text = _NOISE.sub(lambda found: " " * len(found.group()), text)
    if _CORRUPTED not in text and (text.isascii() or unicodedata.is_normalized("NFC", text)):
        return text, None
    pieces: list[str] = []
    places: list[int] = []
    at = 0
    while at < len(text):
        if text.startswith(_CORRUPTED, at):
            pieces.append("é")
            places.append(at)
            at += len(_CORRUPTED)
            continue
        end = at + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        joined = unicodedata.normalize("NFC", text[at:end])
        pieces.append(joined)
        places.extend([at] * len(joined))
        at = end
    return "".join(pieces), [*places, len(text)]
