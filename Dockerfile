# Two stages: the first has pip and builds the environment, the second only runs it.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /opt/gridwatch
COPY requirements.lock .
RUN /opt/gridwatch/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md ./
COPY edge edge
COPY models models
COPY streams streams
RUN /opt/gridwatch/bin/pip install --no-cache-dir --no-deps .

FROM python:3.11-slim-bookworm
# insightface brings opencv-python, which needs these two; tzdata knows the sites' time zones.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libgl1 libglib2.0-0 tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/gridwatch --create-home gridwatch \
    && install -d -o gridwatch -g gridwatch /etc/gridwatch
COPY --from=build /opt/gridwatch /opt/gridwatch
COPY config/gridwatch.yaml /etc/gridwatch/gridwatch.yaml
ENV PATH=/opt/gridwatch/bin:$PATH \
    GRIDWATCH_CONFIG=/etc/gridwatch/gridwatch.yaml \
    XDG_CACHE_HOME=/var/lib/gridwatch/cache
USER gridwatch
WORKDIR /var/lib/gridwatch
VOLUME /var/lib/gridwatch
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["gridwatch"]
CMD ["run"]
