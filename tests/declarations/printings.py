"""Every way in which a template can want the official table printed."""

from itertools import product

from declarations.document import Printing

EVERY_PRINTING = tuple(
    Printing(
        orientation=orientation,
        amounts=amounts,
        unit_column=unit_column,
        standard_column=standard_column,
        remark_column=remark_column,
        signatures=signatures,
    )
    for orientation, amounts, unit_column, standard_column, remark_column, signatures in product(
        ("landscape", "portrait"), ("typed", "grouped"), *[(False, True)] * 4
    )
)


def printing_id(printing: Printing) -> str:
    """What distinguishes it, as the name of a test."""
    columns = [name for name in ("unit", "standard", "remark") if getattr(printing, f"{name}_column")]
    return "-".join([printing.orientation, printing.amounts, *columns, *["signed"] * printing.signatures])
