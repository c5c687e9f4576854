"""The deployment files: they are what their programs read, and the metrics that they name exist."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import yaml

from tests.app.servers import executable
from tidegraph.app.http.telemetry import Metrics
from tidegraph.app.settings import Settings

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
MANIFESTS: list[dict[str, Any]] = list(yaml.safe_load_all((DEPLOY / "kubernetes" / "tidegraph.yaml").read_text()))


def names_in(text: str) -> set[str]:
    return {re.sub(r"_(bucket|total)$", "", name) for name in re.findall(r"tidegraph_[a-z_]+", text)}


def test_metrics_that_are_watched_exist() -> None:
    known = {metric.name for metric in Metrics({}).registry.collect()}
    for file in ("alerts.yaml", "grafana.json"):
        named = names_in((DEPLOY / file).read_text())
        assert named
        assert named <= known, file


def test_settings_in_the_files_exist() -> None:
    known = {f"TIDEGRAPH_{name.upper()}" for name in Settings.model_fields}
    for file in (ROOT / "compose.yaml", DEPLOY / "kubernetes" / "tidegraph.yaml"):
        assert set(re.findall(r"TIDEGRAPH_[A-Z_]+", file.read_text())) <= known


def test_the_dashboard_has_a_query_in_every_panel() -> None:
    panels = json.loads((DEPLOY / "grafana.json").read_text())["panels"]
    assert all(target["expr"] for panel in panels for target in panel["targets"])
    assert len({panel["id"] for panel in panels}) == len(panels)


def test_the_container_runs_as_a_number_and_is_probed() -> None:
    deployment = next(one for one in MANIFESTS if one["kind"] == "Deployment")["spec"]["template"]["spec"]
    assert deployment["securityContext"]["runAsUser"] == 10001
    (container,) = deployment["containers"]
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert deployment["terminationGracePeriodSeconds"] > Settings().graceful_seconds
    assert {one["kind"] for one in MANIFESTS} >= {"Service", "PodDisruptionBudget", "HorizontalPodAutoscaler"}


def test_nginx_reads_its_file(tmp_path: Path) -> None:
    text = (DEPLOY / "nginx.conf").read_text().replace("tidegraph:8000", "127.0.0.1:8000")
    file = tmp_path / "nginx.conf"
    file.write_text(text)
    limit = int(re.findall(r"client_max_body_size (\d+)m", text)[0]) * 2**20
    assert limit >= Settings().max_weights_bytes
    done = subprocess.run([executable("nginx"), "-t", "-c", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
