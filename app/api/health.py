"""What is wrong with a network, over HTTP."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from tidegraph.app.api import quotas
from tidegraph.app.api.arrays import encode_number
from tidegraph.app.api.runs import prepare
from tidegraph.app.api.schemas.health import HealthRequest
from tidegraph.app.settings import Settings
from tidegraph.engine.analysis.curvature import Curvature
from tidegraph.engine.analysis.health import check_health
from tidegraph.engine.editing.guards import guards

NONFINITE = ("nonfinite", "nonfinite-gradient")
MOST_GUARDED = 1000
"""Guards are tried on programs of no more operators: each is a run."""


def health(request: HealthRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/health`: the findings of one run, in the language of the request."""
    graph, values = prepare(request, settings)
    if request.learning_rate is not None and graph.leaves("parameter"):
        here = Curvature(graph, values, request.target, request.dtype, request.seed)
        quotas.check_plan(here.product.plan, settings)
    found = check_health(graph, values, request.target, request.dtype, request.seed, request.learning_rate)
    offered = []
    if len(graph.operators) <= MOST_GUARDED and any(finding.code in NONFINITE for finding in found):
        tried = guards(
            request.program or "",
            values,
            target=request.target,
            sizes=request.sizes,
            dtype=request.dtype,
            seed=request.seed,
        )
        offered = [asdict(guard) for guard in tried]
    return {
        "target": graph.names[graph.resolve_target(request.target)],
        "healthy": not found,
        "findings": [
            {
                "code": finding.code,
                "place": finding.place,
                "evidence": {name: plain(value) for name, value in finding.evidence.items()},
                "message": finding.message.text(),
                "advice": finding.advice.text(),
                "guards": offered if finding.code in NONFINITE else [],
            }
            for finding in found
        ],
    }


def plain(value: Any) -> Any:
    """A number of the evidence as JSON holds it."""
    return encode_number(value) if isinstance(value, (float, np.floating)) else value
