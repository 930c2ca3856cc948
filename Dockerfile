# One image per process, with that process's code and no other's.
#
#   docker build --build-arg SERVICE=booking --tag oita-booking .
#   docker run oita-booking            serves; `docker run oita-booking migrate` changes the schema
#
# SERVICE: booking, eligibility, notify, reporting, internet or lgwan.
ARG PYTHON=python:3.11-slim-bookworm

FROM ${PYTHON} AS build
ARG SERVICE
WORKDIR /build

# Wheels only, each with the hash that was locked: nothing is compiled, so no compiler is needed.
COPY requirements requirements
RUN set -eu; \
    case "$SERVICE" in internet|lgwan) group=gateway ;; *) group=$SERVICE ;; esac; \
    python -m venv --without-pip /opt/venv; \
    python -m pip --python /opt/venv/bin/python install \
        --disable-pip-version-check --no-input --no-cache-dir --quiet \
        --require-hashes --only-binary :all: --requirement "requirements/$group.txt"

# The two doors share the gateway's web package, but neither carries the other's pages.
COPY libs libs
COPY services services
# hadolint ignore=SC2086  # $code is a list of words
RUN set -eu; \
    case "$SERVICE" in \
        internet|lgwan) \
            module="services.gateway.$SERVICE"; \
            code="services/gateway/__init__.py services/gateway/web services/gateway/$SERVICE" ;; \
        *) \
            module="services.$SERVICE"; \
            code="services/$SERVICE" ;; \
    esac; \
    mkdir /app; \
    cp --recursive --parents libs services/__init__.py $code /app; \
    python -m compileall -q --invalidation-mode unchecked-hash /app; \
    printf '#!/bin/sh\nexec python -m %s "$@"\n' "$module" > /app/run; \
    chmod 0755 /app/run

FROM ${PYTHON}
RUN python -m pip uninstall --yes --quiet pip setuptools wheel
ENV PATH=/opt/venv/bin:$PATH \
    HOME=/tmp \
    HOST=0.0.0.0 \
    PORT=8000 \
    OPS_PORT=9000 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
USER 10001:10001
EXPOSE 8000 9000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=4s --start-period=30s --retries=6 \
    CMD ["python", "-c", "import os, urllib.request as web; web.urlopen(f'http://127.0.0.1:{os.environ[\"OPS_PORT\"]}/readyz', timeout=3)"]
ENTRYPOINT ["/app/run"]
