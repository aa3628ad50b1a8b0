from declarations import round_services
from declarations.models import Round
from declarations.round_services import RoundValues


def values_of(round_: Round) -> RoundValues:
    """The round as it stands, to be changed in part."""
    return RoundValues(
        fiscal_year=round_.fiscal_year,
        title=round_.title,
        template=round_.template,
        opens_at=round_.opens_at,
        closes_at=round_.closes_at,
        head_submits=round_.head_submits,
        stages=round_services.stages_of(round_),
    )
