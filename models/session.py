"""ONNX Runtime, and the only file that knows it.

A network is loaded once per process and shared: ``Network.run`` may be called from many threads.
"""

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
from onnxruntime.capi import onnxruntime_pybind11_state as state

from models.errors import ModelFileError

REFUSALS = (
    state.EPFail,
    state.Fail,
    state.InvalidArgument,
    state.InvalidGraph,
    state.InvalidProtobuf,
    state.NoModel,
    state.NoSuchFile,
    state.NotImplemented,
    state.RuntimeException,
)
"""What the runtime raises on a file it cannot load; its errors share no base but ``Exception``."""

PROVIDERS = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "tensorrt": "TensorrtExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "rocm": "ROCMExecutionProvider",
}
ERRORS_ONLY = 3
_LOADED: dict[tuple[str, str, int], "Network"] = {}
_LOADING = threading.Lock()

Hear = Callable[["Network", tuple[int, ...]], None]
"""Is told of a run: of which network, and on a batch of which shape."""

_HEARING: list[Hear] = []


@dataclass(frozen=True, slots=True)
class Placement:
    """Where networks run.

    Attributes:
        provider: ``cpu``, ``cuda``, ``openvino`` ...
        threads: Threads one inference may use. One is best where cameras run side by side.
    """

    provider: str = "cpu"
    threads: int = 1


class Network:
    """One loaded network."""

    def __init__(self, path: Path, sha256: str, session: ort.InferenceSession) -> None:
        self.path = path
        self.sha256 = sha256
        self.session = session
        """The runtime's own object, for libraries that want one."""
        self._input_names = [one.name for one in session.get_inputs()]
        self.input_shape: list[int | str] = session.get_inputs()[0].shape
        self.output_names: list[str] = [one.name for one in session.get_outputs()]
        self.output_shape: list[int | str] = session.get_outputs()[0].shape
        self.metadata: dict[str, str] = session.get_modelmeta().custom_metadata_map

    def run(self, batch: npt.NDArray[np.float32]) -> Sequence[npt.NDArray[np.float32]]:
        """Return all outputs, in the graph's order, for one ``(N, C, H, W)`` batch."""
        for hear in _HEARING:
            hear(self, batch.shape)
        outputs: Sequence[Any] = self.session.run(None, {self._input_names[0]: batch})
        return outputs


@contextmanager
def overheard(hear: Hear) -> Iterator[None]:
    """Have every run of this process's networks told meanwhile: for whoever measures them."""
    _HEARING.append(hear)
    try:
        yield
    finally:
        _HEARING.remove(hear)


def load_network(path: Path, placement: Placement | None = None) -> Network:
    """Return the network of a file, shared with everybody who asked for the same before.

    Raises:
        ModelFileError: The file is absent or no network, or the provider is not on this machine.
    """
    placement = placement or Placement()
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelFileError(
            f"{path}: cannot be read ({error.strerror}); run 'gridwatch models pull'"
        ) from error
    key = (sha256, placement.provider, placement.threads)
    with _LOADING:
        if key not in _LOADED:
            _LOADED[key] = Network(path, sha256, _open(path, placement))
        return _LOADED[key]


def _open(path: Path, placement: Placement) -> ort.InferenceSession:
    available = [name for name, long in PROVIDERS.items() if long in ort.get_available_providers()]
    if placement.provider not in available:
        raise ModelFileError(
            f"models.provider: {placement.provider!r} is not on this machine; "
            f"use one of: {', '.join(available)}"
        )
    options = ort.SessionOptions()
    options.intra_op_num_threads = placement.threads
    options.inter_op_num_threads = 1
    options.log_severity_level = ERRORS_ONLY
    # Spinning threads would take the processor from the decoders of other cameras.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        # By its path: a session that is given bytes keeps them beside the weights it makes of them.
        return ort.InferenceSession(path, options, providers=[PROVIDERS[placement.provider]])
    except REFUSALS as error:
        reason = str(error).splitlines()[0]
        raise ModelFileError(
            f"{path}: is no network that ONNX Runtime can load ({reason}); "
            "copy or export it again; one of the catalogue is pulled with 'gridwatch models pull'"
        ) from error
