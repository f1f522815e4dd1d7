"""Everybody beside us: a gate, a quiet street and a busy one."""

from collections.abc import Sequence

from edge.bench import networks
from edge.bench.catalogue import Means
from edge.bench.figure import Figure
from edge.bench.peers.gate_script import FaceFiles
from edge.bench.peers.gates import GatePacks, bench_gates
from edge.bench.peers.packs import installed_pack
from edge.bench.peers.streets import bench_street_peers
from models.catalog import load_catalog
from models.depot import Depot


def bench_peers(means: Means) -> Sequence[Figure]:
    """Return what our cameras take of the processor, held against what others take."""
    packs = GatePacks(networks.faces(means.progress), networks.faces(means.progress, exact=True))
    detector = networks.objects(means.progress).detector
    catalog, depot = load_catalog(), Depot()
    files = FaceFiles(*(depot.ready(catalog.entry(name)) for name in ("yunet", "sface")))
    gates = bench_gates(
        means.folder,
        packs,
        means.portraits(packs.camera.detector),
        files=files,
        pack_folder=installed_pack(),
        skip=means.skip,
    )
    streets = [
        bench_street_peers(means.folder, detector, busy=busy, skip=means.skip)
        for busy in (False, True)
    ]
    return [*gates, *(figure for found in streets for figure in found)]
