# Two stages: the first has pip and builds the environment, the second only runs it.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /opt/gridwatch
COPY requirements.lock requirements-build.lock ./
RUN /opt/gridwatch/bin/pip install --no-cache-dir --require-hashes -r requirements.lock \
    && pip install --no-cache-dir --require-hashes -r requirements-build.lock
COPY pyproject.toml README.md ./
COPY edge edge
COPY models models
COPY streams streams
RUN pip wheel --no-cache-dir --no-deps --no-index --no-build-isolation --wheel-dir /wheels . \
    && /opt/gridwatch/bin/pip install --no-cache-dir --no-deps --no-index /wheels/*.whl

FROM python:3.11-slim-bookworm
# insightface brings opencv-python, which needs the first two; tzdata knows the sites' time zones.
# The base image's release decides the versions: it gets the security fixes.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends libgl1 libglib2.0-0 tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 gridwatch \
    && useradd --system --uid 10001 --gid 10001 --home-dir /var/lib/gridwatch --create-home gridwatch
COPY --from=build /opt/gridwatch /opt/gridwatch
# The configuration is not part of the image: mount it at /etc/gridwatch, as compose.yaml does.
ENV PATH=/opt/gridwatch/bin:$PATH \
    GRIDWATCH_CONFIG=/etc/gridwatch/gridwatch.yaml \
    XDG_CACHE_HOME=/var/lib/gridwatch/cache
USER 10001:10001
WORKDIR /var/lib/gridwatch
VOLUME /var/lib/gridwatch
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["gridwatch"]
CMD ["run"]
