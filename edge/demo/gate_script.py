"""Who is registered in the demo, and what happens at its gate."""

from edge.demo.gate_scene import Scene, Walk

# Portraits by their order in ``people.find_portraits``.
GROUP_1, GROUP_2, GROUP_3, GROUP_4, GROUP_5, GROUP_6, SUITED, CAPPED = range(8)

PHOTOGRAPHED = {
    "A-101-1": SUITED,
    "A-102-1": GROUP_3,
    "staff-07": CAPPED,
    "watch-01": GROUP_4,
    "B-201-2": GROUP_2,
}
"""Portrait of each registered person."""

TABLE = """\
resident_id,unit,category,valid_until,notice_version,consented_at,channel
A-101-1,A-101,resident,,demo-1,2026-01-05,counter
A-102-1,A-102,resident,,demo-1,2026-01-05,counter
staff-07,,staff,,demo-1,2026-01-05,counter
watch-01,,watchlist,,demo-1,2026-01-05,counter
B-201-2,B-201,resident,2026-01-31,demo-1,2026-01-05,counter
"""

SCENES = (
    Scene("a resident comes home", (Walk(SUITED),)),
    Scene("somebody unknown", (Walk(GROUP_6, lane=-0.2),)),
    Scene(
        "staff, and somebody who slips in behind",
        (Walk(CAPPED, lane=-0.75), Walk(GROUP_5, lane=0.75, delay_s=0.7)),
    ),
    Scene("somebody on the watchlist", (Walk(GROUP_4, lane=0.3),)),
    Scene("a registration that has expired", (Walk(GROUP_2, lane=-0.3),)),
    Scene("two residents side by side", (Walk(SUITED, lane=-0.8), Walk(GROUP_3, lane=0.8))),
    Scene("a face too blurred to judge", (Walk(GROUP_1, blur=41),)),
)

EXPECTED = {"resident": 4, "stranger": 2, "watchlist": 1, "unsure": 2}
"""Passages by decision that the scenes show."""
