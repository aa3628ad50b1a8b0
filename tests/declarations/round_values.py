from declarations.enums import StageKind
from declarations.models import Round
from declarations.round_services import RoundValues, StageValues


def values_of(round_: Round) -> RoundValues:
    """The round as it stands, to be changed in part."""
    return RoundValues(
        fiscal_year=round_.fiscal_year,
        title=round_.title,
        template=round_.template,
        opens_at=round_.opens_at,
        closes_at=round_.closes_at,
        adjustments_close_at=round_.adjustments_close_at,
        stages=tuple(StageValues(StageKind(stage.kind), stage.target_days) for stage in round_.stages.all()),
    )


def stages(*kinds: StageKind) -> tuple[StageValues, ...]:
    """Stages of these kinds for which no time is set."""
    return tuple(map(StageValues, kinds))
