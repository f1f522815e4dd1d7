from edge.worker.troubles import REMEMBER_S, Troubles
from streams.errors import StreamError
from streams.faults import Fault
from streams.source import Counters, StreamInfo


def test_what_ended_a_connection_is_told_for_a_minute() -> None:
    troubles = Troubles()
    assert troubles.told(0.0) == ("", "")
    troubles.broke(StreamError("cam: sent nothing in time", Fault.SILENT), 10.0)
    assert troubles.told(11.0) == ("silent", "cam: sent nothing in time")
    assert troubles.told(10.0 + REMEMBER_S) == ("", "")


def test_another_codec_or_size_is_told_with_both() -> None:
    troubles = Troubles()
    troubles.opened(StreamInfo("h264", (320, 180), 10), 0.0)
    assert troubles.told(0.0) == ("", "")
    troubles.opened(StreamInfo("hevc", (320, 180), 10), 1.0)
    assert troubles.told(1.0) == ("codec", "sends hevc 320x180 instead of h264 320x180")
    troubles.opened(StreamInfo("hevc", (640, 360), 10), 2.0)
    assert troubles.told(2.0)[0] == "resolution"


def test_only_what_is_new_is_told_and_the_most_frequent_of_it() -> None:
    troubles, counters = Troubles(), Counters()
    for fault in (Fault.CORRUPT, Fault.TIMESTAMPS, Fault.TIMESTAMPS):
        counters.note(fault)
    troubles.observe(counters, 0.0)
    assert troubles.told(0.0)[0] == "timestamps"
    counters.note(Fault.CORRUPT)
    troubles.observe(counters, 1.0)
    assert troubles.told(1.0)[0] == "corrupt"
    troubles.observe(counters, 2.0)
    assert troubles.told(1.0 + REMEMBER_S) == ("", "")
