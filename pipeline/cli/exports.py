"""``genrelab exports``: look after a folder of exports."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.errors import InputError
from pipeline.printable import say
from pipeline.settings import get_settings

exports_app = typer.Typer()
Folder = Annotated[Path | None, typer.Argument(help="Folder of exports; by default the project's.", metavar="DIR")]


@exports_app.callback(invoke_without_command=True)
def exports(context: typer.Context) -> None:
    """Check a folder of exports, or bind its workbook to where it lies."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(InputError.exit_status)


@exports_app.command("relocate")
def exports_relocate(folder: Folder = None) -> None:
    """Bind the Tableau workbook to the folder it lies in, after a copy or a move."""
    from pipeline.report.workbook import relocate

    folder = _existing(folder)
    for path in relocate(folder):
        say(f"{path.name} reads the CSVs in {folder.resolve()}")


@exports_app.command("check")
def exports_check(folder: Folder = None) -> None:
    """Tell whether the files are one complete set; finish an export that was interrupted while it took its place."""
    from pipeline.report.datapackage import changed_files, read_package
    from pipeline.report.switch import finish_switch

    folder = _existing(folder)
    finished = finish_switch(folder)
    package = read_package(folder)
    if package is None:
        raise InputError(f"there is no export in {str(folder)!r}: schema.json is missing or broken; run `genrelab run`")
    changed = changed_files(folder, package)
    if changed:
        raise InputError(
            f"{', '.join(changed)} in {str(folder)!r}: missing or changed; run `genrelab run --from export`"
        )
    state = "finished, and complete" if finished else "complete"
    say(f"{state}: {len(package['resources'])} files of run {package['id']}")


def _existing(folder: Path | None) -> Path:
    folder = (folder or get_settings().exports).expanduser()
    if not folder.is_dir():
        raise InputError(f"{str(folder)!r} does not exist, or is not a folder; give the folder that holds the exports")
    return folder
