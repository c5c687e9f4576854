"""What one request may cost, known and refused before anything runs."""

from __future__ import annotations

from dataclasses import dataclass

from tidegraph.app.http.problems import exceeded
from tidegraph.app.settings import Settings
from tidegraph.engine.runtime.plan import Plan


def check_program(program: str, settings: Settings) -> None:
    """Refuse a program text that is too long to be read."""
    if len(program) > settings.max_program_length:
        raise exceeded(413, "program length", len(program), settings.max_program_length, "characters")


def check_plan(plan: Plan, settings: Settings) -> None:
    """Refuse a run whose plan says that it costs more than `settings` allow."""
    Cost.of(plan).check(settings)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a plan says that a run costs."""

    operators: int
    elements: int
    bytes: int
    flops: int

    @classmethod
    def of(cls, plan: Plan) -> Cost:
        """The cost of a plan."""
        return cls(len(plan.operators), plan.largest_elements, plan.peak_bytes, plan.flops)

    def check(self, settings: Settings) -> None:
        """Refuse what is more than `settings` allow."""
        for quantity, value, limit, unit in (
            ("operators", self.operators, settings.max_operators, "operators"),
            ("elements per array", self.elements, settings.max_elements, "elements"),
            ("memory", self.bytes, settings.max_bytes, "bytes"),
            ("work", self.flops, settings.max_flops, "floating-point operations"),
        ):
            if value > limit:
                raise exceeded(422, quantity, value, limit, unit)
