"""Writes docs/operations.md, how to run the service, with every setting there is: `python docs/operations.py`."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic.fields import FieldInfo

from tidegraph.app.settings import Settings

PAGE = Path(__file__).with_suffix(".md")

HEAD = """\
# Running the service

`tidegraph serve`, or the image that the `Dockerfile` builds, is all there is to run: no state between requests but
short links, so that any replica answers any request and a restart loses nothing. Settings come from the
[environment](#settings); `--host`, `--port`, `--workers` and `--root-path` may also be given on the command line.

```sh
docker build -t tidegraph .
docker run --rm -p 8000:8000 -e TIDEGRAPH_WORKERS=2 -e TIDEGRAPH_LOG_JSON=true --read-only --tmpfs /tmp tidegraph
```

The base image is named by its tag, so that it takes in security fixes; pin its digest where builds have to be the same.
All that is installed on top of it is pinned by hash.

## Processes and threads

One process answers everything. Light runs compute in `engine_threads` threads, of which a quarter is for programs
that are not known to be light yet. A run that takes more than `light_seconds` of computing, or would hold much
memory, starts again in one of `heavy_processes` worker processes. A worker that exceeds `max_seconds` or
`heavy_bytes` is killed and replaced, and the answer is the problem `run-too-long` or `run-too-large`. A run whose
client leaves is ended too. `blas_threads` are what NumPy's BLAS uses for one matrix product. One is right for many
small runs, and the bits of a result do not depend on the machine's number of cores then; give it more where few
clients send large matrices.

`TIDEGRAPH_WORKERS` processes share the port. Each has its own threads, its own kept answers and compiled programs
(`cache_bytes` and `compiled_bytes` are for each), and its own count for `max_waiting`. With `TIDEGRAPH_REDIS_URL`
all processes and replicas share rate limits, answers, and who works on which answer; without Redis,
or while it does not answer, each
process counts and caches alone, which the metric `tidegraph_redis_reachable` and the log say. Metrics are summed over
the processes, by way of a temporary folder.

## A Dask cluster

With `TIDEGRAPH_DASK=tcp://scheduler:8786` (`pip install 'tidegraph[dask]'`) heavy runs go to the workers of a Dask
cluster instead of local processes, `POST /api/v1/partition` with `"execute": true` runs its stages there, one device a
worker, and the runs of a sweep are spread over all workers. Workers need the same version of Tidegraph; they import it
when the service first meets them. Give each a limit of memory, and as many BLAS threads as `blas_threads`, so that
gradients are equal in every bit:

```sh
dask scheduler --port 8786
OMP_NUM_THREADS=1 dask worker tcp://scheduler:8786 --nthreads 2 --memory-limit 2GB
```

A run that exceeds `max_seconds` stops by itself at its next step, or is given up a second later. The work of a worker
that dies is done again on another one; after several deaths the answer is 502 `dask-worker-lost`. Without a scheduler
or without workers it is 503, `dask-no-scheduler` or `dask-no-workers`.

## Many students behind one address

`TIDEGRAPH_RATE_LIMIT` counts runs of one client; pages, their data and cached answers are free. `TIDEGRAPH_COST_LIMIT`
counts seconds of computing. A lecture hall of 400 students behind one address, each with 10 runs a minute, needs
`TIDEGRAPH_RATE_LIMIT=6000/minute` and `TIDEGRAPH_COST_LIMIT=600/minute`.

## Links and weights

`POST /api/v1/links` keeps links in the database at `TIDEGRAPH_DATABASE_URL`: a SQLite file by default, PostgreSQL for
several replicas (`pip install 'tidegraph[database]'`). Weights lie in `TIDEGRAPH_WEIGHTS_URL`, a folder or an
address that fsspec knows, such as `s3://bucket/weights`. Back up both together: `pg_dump`, or `sqlite3 FILE ".backup
COPY"`, and the folder. Links do not change; to prune them, delete the oldest: `DELETE FROM links WHERE created < ...`,
`DELETE FROM weights WHERE created < ...` and the files of those names.

## Deployment files

`compose.yaml` starts nginx, two replicas, Redis and PostgreSQL. `deploy/kubernetes/` has the same for Kubernetes,
`deploy/grafana.json` a dashboard, `deploy/alerts.yaml` alert rules, `deploy/nginx.conf` the proxy.
[Scaling](scaling.md) says what how many learners need.

## Behind a proxy

The proxy ends TLS and says who asked. Name its address in `TIDEGRAPH_FORWARDED_ALLOW_IPS`; otherwise its headers are
not believed, all clients share one rate limit, and links in answers begin with `http`. It has to pass on `Host` as it
came. Below a path, say so with `--root-path /tide`; it makes no difference whether the proxy takes the path off:

```nginx
location /tide/ {
    proxy_pass http://127.0.0.1:8000;
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;
}
```

Streamed training asks the proxy not to buffer it (`X-Accel-Buffering: no`). `/metrics`, `/healthz` and `/readyz` are
for whoever reaches the port: leave them out of what the proxy passes on, if they are not for everyone.

## Watching it

- `/healthz` answers while the process lives, however busy it is; `/readyz` answers 503 while no run can start within
  1 second.
- `/metrics` is for Prometheus: `tidegraph_requests_total` by method, route and status, `tidegraph_request_seconds` by
  route, `tidegraph_requests_under_way`; `tidegraph_runs_running` and `tidegraph_runs_waiting` by kind (`light`,
  `heavy`), `tidegraph_stopped_runs_total` by the quantity that was spent, `tidegraph_refused_runs_total` by reason
  (`cost`, `rate`, `busy`), `tidegraph_killed_workers_total`; `tidegraph_cached_answers_total`, and of each cache
  (`kind` is `replies` or `programs`) `tidegraph_kept_bytes`, `tidegraph_kept_hits_total` and
  `tidegraph_kept_misses_total`;
  `tidegraph_links_total`, `tidegraph_redis_reachable`, `tidegraph_redis_failures_total`.
- Every answer has an `X-Request-ID`, the client's own if it sent one of letters, digits, `.`, `_` and `-`; every log
  line has it too. `TIDEGRAPH_LOG_JSON=true` makes each line a JSON object. Status 499 in the log is a client that left
  while its run waited for a thread: nothing was computed for it.

## Stopping it

At SIGTERM nothing new is taken and what runs is finished, for up to `graceful_seconds`. A training run that would take
longer ends with the state to go on from, which any other replica takes up; any other run is then answered 503 with
`Retry-After`. Let the supervisor wait a little longer than that before it kills (`docker stop --timeout 40`).

## Settings

All are variables of the environment. Lists are JSON: `TIDEGRAPH_CORS_ORIGINS='["https://course.example"]'`.

| Variable | Default | Means |
| --- | --- | --- |
"""


def row(name: str, field: FieldInfo) -> str:
    """One setting as a line of the table."""
    if field.default_factory is not None:
        default = "in the user's data folder"
    else:
        default = field.default if isinstance(field.default, str) else json.dumps(field.default)
    short = f", also `{name.upper()}`" if field.validation_alias else ""
    return f"| `TIDEGRAPH_{name.upper()}`{short} | {f'`{default}`' if default else 'none'} | {field.description} |"


def page() -> str:
    """The guide as Markdown."""
    return HEAD + "\n".join(row(name, field) for name, field in Settings.model_fields.items()) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
