"""With a certificate the gateway speaks HTTPS itself; with half of one it does not start."""

import json
import ssl
import subprocess
from datetime import UTC, datetime, timedelta
from http.client import HTTPSConnection

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from support.processes import HOST, SERVE, Program, free_port, until

NAME = "gateway.example"


def write_certificate(folder):
    """A certificate for another name than the tests' address, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    written = folder / "certificate.pem", folder / "key.pem"
    written[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    written[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return written


def gateway(folder, **settings):
    given = {"port": free_port(), "data_dir": folder / "data", "log_format": "json", **settings}
    program = Program(SERVE, given["port"], "/health/live", folder / "gateway.log")
    program.environment = {f"WAYPOST_{name.upper()}": str(value) for name, value in given.items()}
    return program


def refusal(folder, **settings):
    """How a gateway that should not start ends."""
    program = gateway(folder, **settings)
    process = program.launch()
    try:
        code = process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return code, program.log.read_text()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_https_is_spoken_to_those_who_check_the_certificate(tmp_path, version):
    certificate, key = write_certificate(tmp_path)
    program = gateway(tmp_path, tls_certificate=certificate, tls_key=key)
    trusting = ssl.create_default_context(cafile=str(certificate))
    trusting.check_hostname = False  # it is for the name, the test speaks to the address
    trusting.maximum_version = version
    program.launch()
    try:
        until(lambda: "gateway.started" in program.log.read_text(), "it has started")
        connection = HTTPSConnection(HOST, program.port, context=trusting, timeout=10)
        connection.request("GET", "/health/live")
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())) == (200, {"status": "live"})
        connection.close()

        distrusting = HTTPSConnection(HOST, program.port, timeout=10)
        with pytest.raises(ssl.SSLCertVerificationError):
            distrusting.request("GET", "/health/live")
        distrusting.close()
    finally:
        program.kill()
    assert f'"url":"https://{HOST}:{program.port}"' in program.log.read_text().replace(" ", "")


@pytest.mark.parametrize("given", ["tls_certificate", "tls_key"])
def test_half_of_a_certificate_does_not_start(tmp_path, given):
    code, said = refusal(tmp_path, **{given: "some.pem"})

    assert code == 2
    assert "tls_certificate and tls_key belong together" in said


def test_files_that_are_no_certificate_and_key_do_not_start(tmp_path):
    certificate, key = write_certificate(tmp_path)
    encrypted = tmp_path / "encrypted.pem"
    encrypted.write_bytes(
        serialization.load_pem_private_key(key.read_bytes(), None).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"password"),
        )
    )
    (tmp_path / "other").mkdir()
    _, strange = write_certificate(tmp_path / "other")

    for one, two in (
        (tmp_path / "missing.pem", key),
        (key, key),
        (certificate, strange),
        (certificate, encrypted),
    ):
        code, said = refusal(tmp_path, tls_certificate=one, tls_key=two)
        assert code == 2, said
        assert "Both must be readable PEM files" in said
        assert "Traceback" not in said
        (tmp_path / "gateway.log").unlink()
