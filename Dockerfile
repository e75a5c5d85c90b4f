# The pipeline as one image, for linux/amd64 and linux/arm64: everything it needs comes as a wheel.
#
#   docker build --build-arg VERSION="$(git describe --tags --always --dirty)" \
#                --build-arg REVISION="$(git rev-parse HEAD)" --tag fed-by-tweets .
#
# Runs as uid 10001 and writes to /tmp only, so a read-only root file system suits it:
#   docker run --rm --read-only --tmpfs /tmp --cap-drop all fed-by-tweets fedbytweets --help
#
# No HEALTHCHECK: a run has an end and no server to probe; Prefect's heartbeats tell a dead one.
#checkov:skip=CKV_DOCKER_2:A run-to-completion task has nothing to probe; see above.
#checkov:skip=CKV_DOCKER_7:The tag stands in ARG BASE, where checkov does not look.

# By tag here; the deploy workflow resolves the tag's digest once and builds from that.
ARG BASE=python:3.13-slim-bookworm

# hadolint ignore=DL3006
FROM ${BASE} AS build
SHELL ["/bin/sh", "-euc"]
ENV UV_NO_CACHE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_SYSTEM_CERTS=1

# Two environments: what installs, which stays behind, and what runs.
COPY requirements/setup.lock /build/
RUN python -m venv /opt/setup \
    && /opt/setup/bin/pip install --no-cache-dir --require-hashes --only-binary :all: --requirement /build/setup.lock \
    && python -m venv --without-pip /opt/fedbytweets

# The lock alone first: this layer, nearly the whole image, changes only with it. Byte code is made now, as a
# cold start on half a processor would spend more on compiling than on the run. Tests and C headers of
# packages are never imported.
COPY requirements/runtime.lock /build/
RUN /opt/setup/bin/uv pip install --python /opt/fedbytweets/bin/python --compile-bytecode --require-hashes \
        --only-binary :all: --requirement /build/runtime.lock \
    && rm -rf /opt/fedbytweets/lib/python*/site-packages/pyarrow/include \
              /opt/fedbytweets/lib/python*/site-packages/pyarrow/src \
    && find /opt/fedbytweets/lib -type d -name tests -prune -exec rm -rf {} + \
    && find /opt/fedbytweets/lib -type f '(' -name '*.pyx' -o -name '*.pxd' -o -name '*.a' ')' -delete

COPY pyproject.toml README.md /build/source/
COPY requirements/runtime.in /build/source/requirements/runtime.in
COPY fedbytweets /build/source/fedbytweets
COPY flows /build/source/flows
COPY tasks /build/source/tasks
RUN /opt/setup/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /build/wheel /build/source \
    && /opt/setup/bin/uv pip install --python /opt/fedbytweets/bin/python --compile-bytecode --no-deps /build/wheel/*.whl


# hadolint ignore=DL3006
FROM ${BASE} AS run
# tini, as in Prefect's own image: process 1 ignores SIGTERM unless somebody hands it on, and then a cancelled
# run would only end by SIGKILL. -g tells the flow's own process too.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends 'tini=0.19.*' \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --no-create-home --home-dir /tmp --shell /usr/sbin/nologin fedbytweets \
    && mkdir /app \
    # Nobody in here becomes somebody else.
    && find / -xdev -type f -perm /6000 -exec chmod a-s {} +

COPY --from=build /opt/fedbytweets /opt/fedbytweets

ENV PATH=/opt/fedbytweets/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    PREFECT_HOME=/tmp/prefect \
    PREFECT_SERVER_ANALYTICS_ENABLED=false \
    PREFECT_SERVER_UI_ENABLED=false \
    DO_NOT_TRACK=1

# Declared, so that ECS mounts an empty volume with this folder's rights and not root's.
VOLUME ["/tmp"]
WORKDIR /app
USER 10001:10001
ENTRYPOINT ["tini", "-g", "--"]
CMD ["fedbytweets", "--help"]

# Last, as they change with every commit.
ARG BASE
ARG VERSION=0+unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Fed by Tweets" \
      org.opencontainers.image.description="Collects posts from X into a lake one can trust" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="${BASE}"
ENV FEDBYTWEETS_VERSION=${VERSION}
