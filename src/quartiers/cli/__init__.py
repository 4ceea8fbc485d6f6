"""The command line: one file a command, loaded only when it is called.

**Reads** the arguments. **Writes** the exit code: 0 done, 1 done and something is wrong with what
was read, 2 cannot be done.
**Method** :data:`COMMANDS` lists the commands in the order of the help page; each module of this
package holds one ``click`` command named ``command``.
**Limits** No work is done here: a command parses, calls the method, prints.
"""

from __future__ import annotations

import importlib
import sys
from inspect import cleandoc
from typing import NoReturn

import click

from quartiers import __version__
from quartiers.errors import QuartiersError

#: name → what it does, in the order of the help page. The module has the command's name.
COMMANDS: dict[str, str] = {
    "build": "Build an edition: all eight verbs, swapped in whole.",
    "summary": "Print the figures of an edition.",
    "explain": "Print one record's whole journey, with its reasons.",
    "detect": "Say of each row of a file: digital or not, which themes, and why.",
    "locate": "Say of each row of a file: in which QPV, how far, known how.",
    "link": "Say which rows of one or several files are the same place or action.",
    "compare": "Set territories side by side.",
    "search": "Search in the words of both worlds.",
    "match": "Propose partners in the other world.",
    "judge": "Say whether a proposition was good.",
    "opportunities": "Tell where infrastructure could come into a territory's quarters.",
    "report": "Write the report of a territory, or the national one.",
    "serve": "Serve the website on an edition.",
    "check": "Check a contributor's file; say what to mend and where.",
    "train": "Learn the reading model again from the labels.",
    "evaluate": "Measure the reading against baselines.",
    "review": "Export the doubts to a sheet; read an expert's answers back.",
    "thesaurus": "Check and export the thesaurus.",
}

#: What tells click to leave a paragraph as it is written.
UNCUT = "\b"


class Commands(click.Group):
    """A group that imports a command's module when it is first asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"quartiers.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        keep_examples(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def keep_examples(command: click.Command) -> None:
    """Examples on lines of their own, never cut by the width of the screen: they are for copying."""
    if command.help and UNCUT not in command.help:
        command.help = cleandoc(command.help).replace("\nExample:", f"\n{UNCUT}\nExample:")
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            keep_examples(inner)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def quartiers() -> None:
    """The digital initiatives of France's priority neighbourhoods: found, placed, compared."""


def main() -> None:
    """Entry point: a sentence on the error stream, never a trace, for what a user can mend."""
    try:
        quartiers.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except QuartiersError as error:
        stop(str(error))
    except (click.Abort, KeyboardInterrupt):
        stop("interrupted; nothing was half-written.")
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        where, left = error.filename or "the output", "nothing was half-written"
        if error.filename is None:
            left = "what it holds is not whole"
        stop(
            f"{where}: {error.strerror or error}; {left}. Free some space, or choose a place where you "
            "may read and write."
        )


def stop(sentence: str) -> NoReturn:
    """Say why on one line, whatever file names and cells it quotes; exit code 2."""
    shown = "".join(c if c.isprintable() else " " for c in sentence)
    click.echo(f"quartiers: {shown}", err=True)
    sys.exit(2)
