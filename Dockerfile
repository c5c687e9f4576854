# The first stage builds the wheel, front end included, with Node from PyPI; the image that runs it has no Node. Every
# package that either installs is pinned by its hash (`make lock`), those of npm by package-lock.json.
FROM python:3.13-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
COPY requirements requirements
RUN python -m venv /opt/build && /opt/build/bin/pip install --require-hashes --requirement requirements/build.txt
RUN python -m venv /opt/tidegraph && /opt/tidegraph/bin/pip install --require-hashes --requirement requirements/image.txt
COPY . .
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /opt/wheel . \
    && /opt/tidegraph/bin/pip install --no-deps --no-index /opt/wheel/*.whl

FROM python:3.13-slim-bookworm
RUN useradd --system --no-create-home --uid 10001 tidegraph
COPY --from=build /opt/tidegraph /opt/tidegraph
ENV HOST=0.0.0.0 PORT=8000 PYTHONUNBUFFERED=1
USER tidegraph
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/opt/tidegraph/bin/python", "-c", \
    "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ.get(\"TIDEGRAPH_PORT\") or os.environ[\"PORT\"]}/healthz', timeout=4)"]
CMD ["/opt/tidegraph/bin/tidegraph", "serve"]
