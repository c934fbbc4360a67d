"""XML signatures of CAP documents (enveloped XML-DSig, as CAP 1.2 section 3.3.4.1 wants them). Needs `signxml`."""

from pathlib import Path

from django.conf import settings


def sign(document: bytes) -> bytes:
    """The document with a signature in it, made with the key of CAP_SIGNING_KEY."""
    from lxml import etree
    from signxml import XMLSigner, methods

    signer = XMLSigner(method=methods.enveloped, signature_algorithm="rsa-sha256", digest_algorithm="sha256")
    key = Path(settings.CAP_SIGNING_KEY).read_bytes()
    certificate = Path(settings.CAP_SIGNING_CERTIFICATE).read_bytes() if settings.CAP_SIGNING_CERTIFICATE else None
    signed = signer.sign(etree.fromstring(document), key=key, cert=certificate)
    result: bytes = etree.tostring(signed, encoding="utf-8", xml_declaration=True)
    return result


def is_of_this_key() -> bool:
    """Whether readers can verify by the configured certificate what the key signs; True where there is none."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from cryptography.x509 import load_pem_x509_certificate

    if not settings.CAP_SIGNING_CERTIFICATE:
        return True
    key = load_pem_private_key(Path(settings.CAP_SIGNING_KEY).read_bytes(), None)
    certificate = load_pem_x509_certificate(Path(settings.CAP_SIGNING_CERTIFICATE).read_bytes())
    return certificate.public_key() == key.public_key()
