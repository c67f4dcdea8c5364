"""A certificate for this machine from an authority that nobody knows."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class Certificate:
    """The files of the authority's certificate, of the machine's, and of the machine's key."""

    authority: Path
    certificate: Path
    key: Path


def own_certificate(folder: Path) -> Certificate:
    files = Certificate(folder / "authority.pem", folder / "machine.pem", folder / "machine.key")
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _name("an authority of the tests")
    basics = x509.BasicConstraints(ca=True, path_length=0)
    root = _builder(authority, authority, authority_key).add_extension(basics, critical=True)
    address = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    leaf = _builder(_name("this machine"), authority, key).add_extension(address, critical=False)
    for file, unsigned in ((files.authority, root), (files.certificate, leaf)):
        file.write_bytes(unsigned.sign(authority_key, SHA256()).public_bytes(Encoding.PEM))
    files.key.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )
    return files


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
    )
