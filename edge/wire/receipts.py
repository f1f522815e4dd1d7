"""``gridwatch.receipt/1``: what the platform has of the box's messages, and what it misses."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from edge.domain.receipt import Receipt, Receipts, Span

MOST_BYTES = 256 * 1024
MOST_RECEIPTS = 1000
MOST_SPANS = 100

Seq = Annotated[int, Field(ge=1, le=2**53)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Receipt(_Strict):
    id: str = Field(min_length=1, max_length=64)
    revision: Annotated[int, Field(ge=1, le=2**31)]
    seq: Seq


class _Span(_Strict):
    first: Seq = Field(alias="from")
    last: Seq = Field(alias="to")


class _Content(_Strict):
    form: Literal["gridwatch.receipt/1"] = Field(alias="schema")
    receipts: list[_Receipt] = Field(default_factory=list, max_length=MOST_RECEIPTS)
    missing: list[_Span] = Field(default_factory=list, max_length=MOST_SPANS)


def read_receipts(payload: bytes) -> Receipts:
    """Return what a message says.

    Raises:
        ValueError: It is none; says in one line what is wrong.
    """
    try:
        said = _Content.model_validate_json(payload)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{where}: {first['msg']}" if where else first["msg"]) from None
    return Receipts(
        tuple(Receipt(one.id, one.revision, one.seq) for one in said.receipts),
        tuple(Span(one.first, one.last) for one in said.missing if one.first <= one.last),
    )
