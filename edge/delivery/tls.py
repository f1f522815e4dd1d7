"""TLS to the platform's broker: what is asked of its certificate, and what is said of a bad one."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from edge.errors import DeliveryError

# Of OpenSSL's x509_vfy.h, where the ssl module names none.
NO_REVOCATION_LIST = 3
NOT_YET_VALID = 9
EXPIRED = 10
REVOCATION_LIST_EXPIRED = 12
REVOKED = 23
OTHER_HOST = (62, 64)

_REMEDIES = {
    NO_REVOCATION_LIST: "mqtt.crl has no list of the authority that signed it; fetch that one",
    NOT_YET_VALID: "renew it, or set the box's clock, which says {now}",
    EXPIRED: "renew it, or set the box's clock, which says {now}",
    REVOCATION_LIST_EXPIRED: "mqtt.crl is out of date; fetch the authority's present list",
    REVOKED: "its authority has withdrawn it; give the broker a new one, and find out why",
    **dict.fromkeys(OTHER_HOST, "mqtt.url must name the broker as the certificate does"),
}


@dataclass(frozen=True, slots=True)
class Trust:
    """Files that two ends of a connection know each other by.

    Attributes:
        ca: Authority that signed the broker's certificate, None for the system's.
        crl: Certificates that the authority has withdrawn, PEM; None to ask nobody.
        certificate: The box's own, None for none.
        key: Of the box's certificate.
    """

    ca: Path | None = None
    crl: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    def context(self) -> ssl.SSLContext:
        """Return what a connection is made with.

        Raises:
            DeliveryError: A file cannot be used, or the box's own certificate is not valid now.
        """
        try:
            context = ssl.create_default_context(cafile=str(self.ca) if self.ca else None)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            if self.crl is not None:
                context.load_verify_locations(cafile=str(self.crl))
                context.verify_flags |= ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF
            if self.certificate is not None:
                context.load_cert_chain(self.certificate, self.key)
        except (OSError, ssl.SSLError) as error:
            raise DeliveryError(
                f"mqtt: the certificate files cannot be used ({error}); "
                "check mqtt.ca, mqtt.crl, mqtt.certificate and mqtt.key"
            ) from error
        if self.certificate is not None:
            _require_valid_now(self.certificate)
        return context


def explain(error: ssl.SSLError, trust: Trust) -> str:
    """Return why a handshake failed, and what to do."""
    if not isinstance(error, ssl.SSLCertVerificationError):
        return f"TLS failed ({error.reason}); check mqtt.certificate and mqtt.key"
    remedy = _REMEDIES.get(
        error.verify_code,
        f"set mqtt.ca to the authority that signed it (now: {trust.ca or 'the system'})",
    )
    return (
        f"the broker's certificate is not trusted ({error.verify_message}); "
        f"{remedy.format(now=_text(datetime.now(UTC)))}"
    )


def _require_valid_now(path: Path) -> None:
    """Raise DeliveryError if the box's own certificate is not valid: a broker only hangs up."""
    own = x509.load_pem_x509_certificate(path.read_bytes())
    now = datetime.now(UTC)
    if own.not_valid_before_utc <= now <= own.not_valid_after_utc:
        return
    raise DeliveryError(
        f"mqtt.certificate: {path} is valid from {_text(own.not_valid_before_utc)} to "
        f"{_text(own.not_valid_after_utc)}; renew it, or set the box's clock, which says "
        f"{_text(now)}"
    )


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")
