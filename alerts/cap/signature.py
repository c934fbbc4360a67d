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
