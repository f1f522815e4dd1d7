"""``gridwatch residents``: who is registered."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from edge.cli.options import add_config, download_bars, settings_of, table, writable
from edge.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.store.audit import AuditRow
    from edge.store.residents import ResidentStore


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("import", help="register people from DIR/<resident_id>/*.jpg")
    add.add_argument("folder", type=Path, metavar="DIR")
    add.add_argument("--csv", type=Path, metavar="FILE", help="names, units, validity, consent")
    add.set_defaults(run=run_import)
    actions.add_parser("list", help="everybody").set_defaults(run=run_list)
    show = actions.add_parser("show", help="one person")
    show.add_argument("resident_id")
    show.set_defaults(run=run_show)
    remove = actions.add_parser("remove", help="delete a person and every trace of the template")
    remove.add_argument("resident_id")
    remove.set_defaults(run=run_remove)
    calibrate = actions.add_parser("calibrate", help="thresholds from this gallery's own scores")
    calibrate.add_argument("--fpir", type=float, default=0.001, help="wanted rate; default 0.001")
    calibrate.set_defaults(run=run_calibrate)
    export = actions.add_parser("export-audit", help="who did what, as CSV, its chain checked")
    export.add_argument("--out", type=Path, metavar="FILE", help="default: standard output")
    export.add_argument("--format", choices=("csv", "jsonl"), default="csv")
    export.add_argument("--verify", type=Path, metavar="FILE", help="check an earlier export")
    export.set_defaults(run=run_export_audit)
    for action in actions.choices.values():
        add_config(action)


def run_import(arguments: argparse.Namespace) -> int:
    """Register people; each is one transaction, so Ctrl-C leaves whole persons only.

    The exit code is 1 if anybody was refused or a file is no picture.
    """
    from edge.bootstrap import registration  # noqa: PLC0415 - heavy
    from edge.cli.photo_remedies import told  # noqa: PLC0415
    from edge.gallery.enrolment import PhotoVerdict  # noqa: PLC0415
    from edge.gallery.roster import read_roster  # noqa: PLC0415

    settings = settings_of(arguments)
    applicants = read_roster(arguments.folder, arguments.csv)
    with download_bars() as progress:
        registrar = registration.open_registrar(settings, progress)
    registered = 0
    unreadable = 0
    attested = 0
    photos = sum(len(applicant.photos) for applicant in applicants)
    bar = tqdm(total=photos, unit="photo", disable=not sys.stderr.isatty())
    try:
        with bar:
            for applicant in applicants:
                outcome = registrar.register(applicant)
                for photo in outcome.photos:
                    bar.write(f"{applicant.resident.id}/{photo.name}: {told(photo.verdict)}")
                    unreadable += photo.verdict is PhotoVerdict.UNREADABLE
                    bar.update()
                bar.write(f"{applicant.resident.id}: {outcome.summary}")
                registered += outcome.registered
                attested += outcome.attested
    finally:  # on Ctrl-C too
        print(f"{registered} of {len(applicants)} people registered")
        if attested:
            print(
                f"{attested} consents are recorded as attested by you: the CSV does not state them "
                "(columns notice_version, consented_at, channel)"
            )
    return 0 if registered == len(applicants) and not unreadable else 1


def run_list(arguments: argparse.Namespace) -> int:
    """Print everybody."""
    store = _store(arguments)
    rows = [
        (
            one.id,
            one.name,
            one.unit,
            one.category,
            str(one.valid_from or ""),
            str(one.valid_until or ""),
        )
        for one in store.everybody()
    ]
    print(table(("id", "name", "unit", "category", "valid from", "valid until"), rows))
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    """Print one person, all but the vectors."""
    shown = _store(arguments).show(arguments.resident_id)
    one = shown.resident
    for key, value in (
        ("id", one.id),
        ("name", one.name),
        ("unit", one.unit),
        ("category", one.category),
        ("valid from", one.valid_from or "always"),
        ("valid until", one.valid_until or "always"),
        ("birth date", one.birth_date or "unknown"),
    ):
        print(f"{key:<12} {value}")
    for consent in shown.consents:
        guardian = f", guardian {consent.guardian}" if consent.guardian else ""
        print(
            f"consent      notice {consent.notice_version}, {consent.given_at.isoformat()}, "
            f"{consent.channel}{guardian}"
        )
    for photo in shown.photos:
        measures = f", face {photo.face_px:.0f} px" if photo.face_px is not None else ""
        measures += f", norm {photo.norm:.1f}" if photo.norm is not None else ""
        print(f"photo        {photo.sha256[:12]}, {photo.verdict}{measures}")
    for template_id, model_sha256, photos in shown.templates:
        print(f"template     {template_id}, {photos} photos, network {model_sha256[:12]}")
    return 0


def run_remove(arguments: argparse.Namespace) -> int:
    """Delete a person; the running service forgets them before its next frame."""
    _store(arguments).remove(arguments.resident_id)
    print(f"{arguments.resident_id}: removed, with consent and template")
    return 0


def run_calibrate(arguments: argparse.Namespace) -> int:
    """Print and keep the thresholds that follow from this gallery."""
    from edge.bootstrap import registration  # noqa: PLC0415 - heavy

    if not 0 < arguments.fpir < 1:
        raise ConfigError(f"--fpir {arguments.fpir}: must lie between 0 and 1, like 0.001")
    with download_bars() as progress:
        found = registration.calibrate_gallery(settings_of(arguments), arguments.fpir, progress)
    print(f"gallery      {found.people} people")
    if found.own_mean is not None:
        print(
            f"impostors    mean {found.own_mean:.4f} +- {found.standard_error:.4f}, "
            f"sd {found.own_sd:.4f} (own scores)"
        )
    print(f"used         mean {found.impostors.mean:.4f}, sd {found.impostors.sd:.4f}")
    print(f"threshold    {found.threshold:.4f} for FPIR {found.fpir:g} (single picture)")
    print(f"unsure from  {found.unsure_threshold:.4f} for FPIR {found.unsure_fpir:g}")
    if found.interval is not None:
        low, high = found.interval
        print(f"interval     {low:.4f} to {high:.4f} (95 %, people drawn again)")
    print(f"confidence   {found.confidence}")
    return 0


def run_export_audit(arguments: argparse.Namespace) -> int:
    """Write the audit rows, or check an export; exit code 1 if the chain is broken."""
    from edge.store import audit  # noqa: PLC0415

    if arguments.verify:
        return _verify(arguments.verify)
    rows = _store(arguments).audit_rows()
    write = audit.write_json_lines if arguments.format == "jsonl" else audit.write_csv
    if arguments.out:
        with (
            writable("--out", arguments.out),
            arguments.out.open("w", newline="", encoding="utf-8") as file,
        ):
            write(rows, file)
    else:
        write(rows, sys.stdout)
    return _tell_chain(rows)


def _verify(path: Path) -> int:
    from edge.store import audit  # noqa: PLC0415

    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(audit.read_export(file))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: cannot be read as an export of audit rows ({error})") from error
    return _tell_chain(rows)


def _tell_chain(rows: "Sequence[AuditRow]") -> int:
    from edge.store import audit  # noqa: PLC0415

    broken = audit.first_broken(rows)
    if broken is not None:
        print(f"row {broken} was changed or lost after it was written", file=sys.stderr)
        return 1
    print(f"{len(rows)} rows, the chain holds", file=sys.stderr)
    return 0


def _store(arguments: argparse.Namespace) -> "ResidentStore":
    from edge.bootstrap import parts  # noqa: PLC0415 - heavy
    from edge.clock import SystemClock  # noqa: PLC0415

    return parts.open_residents(settings_of(arguments), SystemClock())
