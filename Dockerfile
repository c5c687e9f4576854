# The first stage builds the wheel, front end included, with Node from PyPI; the image that runs it has no Node.
FROM python:3.13-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN python -m venv /opt/tidegraph && /opt/tidegraph/bin/pip install --no-cache-dir .

FROM python:3.13-slim-bookworm
RUN useradd --system --no-create-home --uid 10001 tidegraph
COPY --from=build /opt/tidegraph /opt/tidegraph
ENV HOST=0.0.0.0 PORT=8000 PYTHONUNBUFFERED=1
USER tidegraph
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/opt/tidegraph/bin/python", "-c", \
    "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"]
CMD ["/opt/tidegraph/bin/tidegraph", "serve"]
