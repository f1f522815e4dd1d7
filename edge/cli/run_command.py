"""``gridwatch run``: the service."""

import argparse
import signal

from edge.cli.options import add_config, config_path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    add_config(parser)
    parser.add_argument(
        "--until-recordings-end",
        action="store_true",
        help="stop when every camera was a recording and is over",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run until SIGTERM or Ctrl-C; what was accepted is on disk and what can be sent is sent.

    SIGHUP has the configuration read again.
    """
    from edge.bootstrap.worker.recruits import called_up  # noqa: PLC0415 - heavy
    from edge.clock import SystemClock  # noqa: PLC0415
    from edge.logs import configure_logging  # noqa: PLC0415
    from edge.settings import load_settings  # noqa: PLC0415
    from edge.signals import stopped_by  # noqa: PLC0415
    from edge.supervisor.worker import WorkerRefusedError  # noqa: PLC0415

    configure_logging()
    path = config_path(arguments.config)
    settings = load_settings(path)
    # Before the heaviest import: what the workers load they load meanwhile.
    recruits = called_up(settings, SystemClock())
    stop = stopped_by(signal.SIGTERM, signal.SIGINT)
    hangup = stopped_by(signal.SIGHUP)
    try:
        from edge.bootstrap.service import Service  # noqa: PLC0415

        service = Service(settings, path, recruits=recruits)
        service.run(stop, hangup=hangup, end_with_recordings=arguments.until_recordings_end)
    except WorkerRefusedError as error:
        return error.code
    finally:
        recruits.end()
    return 0
