"""A certificate authority of the sandbox's own, and a certificate for the hosts that it stands in for."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sandbox.settings import ZENDESK_HOSTS

HOSTS = ("localhost", "*.localhost", "*.zendesk.com", "*.salesforce.com", "*.my.salesforce.com", "gitlab.com")
# What is one label below a top level domain OpenSSL wants to see by name.
LOCAL_NAMES = {"acme", *(host.partition(".")[0] for host in ZENDESK_HOSTS.values())}
VALID = timedelta(days=3650)


def certificate(folder: Path, instances: Iterable[str] = ()) -> tuple[Path, Path]:
    """(certificate, key) files, made once; clients trust `ca.pem` beside them. Also for `<instance>.localhost`."""
    local = LOCAL_NAMES.union(name.replace("_", "-") for name in instances)
    hosts = [*HOSTS, *(f"{name}.localhost" for name in sorted(local))]
    chain, key_file = folder / "server.pem", folder / "server.key"
    if key_file.exists() and (folder / "ca.pem").exists() and _serves(chain, hosts):
        return chain, key_file
    folder.mkdir(parents=True, exist_ok=True)
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority_name, name = _name("Sandbox certificate authority"), _name("localhost")
    authority = _begin(authority_name, authority_name, authority_key)
    authority = authority.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    authority = authority.add_extension(_usage(signs=True), critical=True)
    signed_authority = authority.sign(authority_key, hashes.SHA256())
    names = [*(x509.DNSName(host) for host in hosts), x509.IPAddress(ip_address("127.0.0.1"))]
    server = _begin(name, authority_name, key).add_extension(x509.SubjectAlternativeName(names), critical=False)
    server = server.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    server = server.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False
    )
    server = server.add_extension(_usage(signs=False), critical=True)
    server = server.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    signed = server.sign(authority_key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(signed_authority.public_bytes(pem))
    key_file.touch(mode=0o600)
    key_file.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    # Last, because it is what says that all of them are there.
    chain.write_bytes(signed.public_bytes(pem) + signed_authority.public_bytes(pem))
    return chain, key_file


def _serves(chain: Path, hosts: list[str]) -> bool:
    """Whether an earlier start's certificate is whole, valid for another day, and made for these hosts."""
    try:
        found = x509.load_pem_x509_certificates(chain.read_bytes())[0]
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    is_valid = found.not_valid_after_utc > datetime.now(UTC) + timedelta(days=1)
    return is_valid and names.get_values_for_type(x509.DNSName) == hosts


def _begin(name: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + VALID)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )
