"""What a printed table says of itself: how it stands, its digest, and where anybody can check it."""

from declarations.document import Value, check_code


class Imprint(Value):
    """Printed around the official table, never inside it.

    `watermark` stands across each page of what is not approved (草稿, 送审稿); `status` says how it stands, with date
    and office where it is approved. `digest` is the SHA-256 of the sealed document; `address` is where anybody can
    check it, printed as a QR code. All are empty where there is nothing to say.
    """

    watermark: str = ""
    status: str = ""
    digest: str = ""
    address: str = ""


UNMARKED = Imprint()


def imprint_line(imprint: Imprint) -> str:
    """What stands below the table: how it stands, its digest and where that can be checked; empty without a seal."""
    parts = [
        imprint.status,
        imprint.digest and f"校验码 {check_code(imprint.digest)}",
        imprint.address and f"核验网址 {imprint.address}",
    ]
    return "　".join(part for part in parts if part) if imprint.digest or imprint.address else ""
