"""What a city calls an incident."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Category:
    """One class of one scheme.

    Attributes:
        scheme: ``GB/T 30428.2-2013``, ``CJ/T 214-2007`` or a city's own.
        version: Of the table, as schemes are extended city by city.
        code: Two digits of the major and two of the minor class; None where the scheme has none.
        name: In Chinese.
        name_en: In English.
        major_name: Of the major class, in Chinese; empty without a code.
    """

    scheme: str
    version: str
    code: str | None
    name: str
    name_en: str
    major_name: str = ""
