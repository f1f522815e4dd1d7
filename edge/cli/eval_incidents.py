"""``gridwatch eval incidents``: were the right incidents reported on labelled clips?"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from edge.cli.options import config_path, table
from edge.errors import ConfigError
from edge.settings import Settings, load_settings

if TYPE_CHECKING:
    from edge.evaluation.incidents import Judgement, Run
    from edge.evaluation.truth import Clip

FALLBACK = "default.yaml"
"""Configuration of the clips that have none of their own."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.add_argument(
        "--truth", type=Path, required=True, metavar="F", help="manifest (CSV), or YAML or JSON"
    )
    parser.add_argument(
        "--root", type=Path, metavar="DIR", help="clips; default: the folder of the truth"
    )
    parser.add_argument(
        "--config",
        type=Path,
        metavar="C",
        help=f"configuration, or a folder with one for each clip (CLIP.yaml) and {FALLBACK}",
    )
    parser.add_argument(
        "--camera", metavar="ID", help="needed where several cameras watch a street"
    )
    parser.add_argument(
        "--clip",
        action="append",
        default=[],
        metavar="NAME",
        help="only this clip, by name without ending; may be given several times",
    )
    parser.add_argument("--json", type=Path, metavar="OUT", help="figures")
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="a timeline of each clip")
    parser.set_defaults(run=run_incidents)


def run_incidents(arguments: argparse.Namespace) -> int:
    """Replay every clip with the configuration, judge its incidents, tell the figures."""
    from edge.evaluation import incident_report  # noqa: PLC0415 - heavy
    from edge.evaluation.incidents import evaluate_incidents, summarise  # noqa: PLC0415
    from edge.evaluation.truth import read_truth  # noqa: PLC0415
    from edge.logs import configure_logging  # noqa: PLC0415
    from edge.replay import DEFAULT_START  # noqa: PLC0415

    configure_logging()
    root = arguments.root or arguments.truth.parent
    clips = choose_clips(read_truth(arguments.truth), root, arguments.clip)
    given = config_path(arguments.config)

    def replayed(clip: "Clip", path: Path) -> "Run":
        return replay_clip(load_settings(config_of(clip, given)), arguments.camera, path)

    with tqdm(total=len(clips), unit="clip", disable=not sys.stderr.isatty()) as bar:
        judgements = evaluate_incidents(
            clips, root, replayed, start=DEFAULT_START, advance=bar.update
        )
    print(table(incident_report.HEADER, incident_report.table_rows(judgements)))
    print(incident_report.closing_line(summarise(judgements)))
    try:
        written = _write(judgements, arguments.json, arguments.pictures)
    except OSError as error:
        raise ConfigError(f"{error.filename}: cannot be written ({error.strerror})") from error
    if written:
        print(f"written: {', '.join(written)}")
    return 0


def choose_clips(clips: Sequence["Clip"], root: Path, names: Sequence[str]) -> list["Clip"]:
    """Return the clips that are wanted and here; says on standard error which are not here.

    Raises:
        ConfigError: A name is none of the truth's, or nothing is left.
    """
    for name in names:
        if not any(name in {clip.stem, clip.file} for clip in clips):
            known = ", ".join(clip.stem for clip in clips)
            raise ConfigError(f"--clip {name}: is not in the truth; its clips: {known}")
    wanted = [clip for clip in clips if not names or {clip.stem, clip.file} & set(names)]
    here = [clip for clip in wanted if (root / clip.file).is_file()]
    if not here:
        raise ConfigError(f"{root}: has none of the clips, {wanted[0].file} for one; check --root")
    absent = [clip.file for clip in wanted if clip not in here]
    if absent:
        print(f"passed over, not in {root}: {', '.join(absent)}", file=sys.stderr)
    return here


def config_of(clip: "Clip", given: Path) -> Path:
    """Return the configuration file of a clip: its own of a folder, or the one for all."""
    if not given.is_dir():
        return given
    candidates = (given / f"{clip.stem}.yaml", given / FALLBACK)
    found = next((path for path in candidates if path.is_file()), None)
    if found is None:
        raise ConfigError(f"{given}: has neither {clip.stem}.yaml nor {FALLBACK}; add one")
    return found


def street_camera(settings: Settings, wanted: str | None) -> str:
    """Return the id of the camera whose place the clip takes.

    Raises:
        ConfigError: There is no such camera, or the choice is not clear.
    """
    streets = [camera.id for camera in settings.cameras if camera.watches_street]
    known = ", ".join(streets)
    if not streets:
        raise ConfigError("cameras: none watches a street; give a zone rules")
    if wanted is None and len(streets) > 1:
        raise ConfigError(f"several cameras watch a street; choose with --camera: {known}")
    if wanted is not None and wanted not in streets:
        raise ConfigError(f"--camera {wanted}: watches no street; use one of: {known}")
    return wanted or streets[0]


def replay_clip(settings: Settings, wanted: str | None, path: Path) -> "Run":
    """Return what one camera of the configuration would have told of a clip."""
    from edge.evaluation.incidents import Run  # noqa: PLC0415 - heavy
    from edge.replay import replay  # noqa: PLC0415

    camera_id = street_camera(settings, wanted)
    # The other cameras stay out of it, also those whose address is a file.
    cameras = tuple(camera for camera in settings.cameras if camera.id == camera_id)
    alone = settings.model_copy(update={"cameras": cameras})
    done = replay(alone, {camera_id: path}, progress=lambda _: None)
    return Run(done.lines, done.seconds)


def _write(
    judgements: Sequence["Judgement"], json: Path | None, pictures: Path | None
) -> list[str]:
    from edge.evaluation import incident_report  # noqa: PLC0415 - heavy
    from edge.evaluation.timeline import write_timeline  # noqa: PLC0415

    written = []
    if json is not None:
        incident_report.write_json(json, judgements)
        written.append(str(json))
    if pictures is not None:
        pictures.mkdir(parents=True, exist_ok=True)
        for judgement in judgements:
            write_timeline(pictures / f"{judgement.clip.stem}.png", judgement)
        written.append(f"{len(judgements)} timelines in {pictures}")
    return written
