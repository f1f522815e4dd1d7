from edge.bootstrap.web.reporting import licensed
from models.catalog import load_catalog


def test_a_network_goes_by_its_name_or_its_file_and_one_of_ones_own_has_no_licence() -> None:
    catalog = load_catalog().entries
    named = catalog["yunet"]
    recogniser = catalog["sface"]
    found = licensed(
        [("yunet", named.sha256), ("open", recogniser.sha256), ("own.onnx", "00" * 32)]
    )
    assert [(one.name, one.licence, one.commercial) for one in found] == [
        ("yunet", named.licence, named.commercial),
        ("open", recogniser.licence, recogniser.commercial),
        ("own.onnx", "", False),
    ]
