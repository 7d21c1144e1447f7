# One image for JupyterLab and for batch runs; docker-compose.yml says which.
FROM python:3.11-slim

# The user may be any (docker-compose.yml passes the owner of the bind mounts), so its home is open to all.
ENV HOME=/home/genrelab \
    GENRELAB_HOME=/home/genrelab/.genrelab \
    NUMBA_CACHE_DIR=/var/cache/genrelab \
    PIP_NO_CACHE_DIR=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
RUN useradd --uid 1000 --home-dir /home/genrelab --create-home genrelab && chmod 1777 /home/genrelab

WORKDIR /genrelab

# Dependencies first: this layer is rebuilt when they change, not when the code does. The package is installed from an
# empty stand-in, and in editable mode, because it runs from its checkout, beside notebooks/ and mongo/schema/.
# PyTorch, for recurrent models, would make the image several times as large: --build-arg EXTRAS=deep adds it.
# Of musicnn only the weights are read: what it depends on can't be had for today's Python.
ARG EXTRAS=""
COPY pyproject.toml constraints.txt ./
RUN mkdir pipeline && touch pipeline/__init__.py README.md LICENSE THIRD_PARTY.md \
    && pip install --disable-pip-version-check --constraint constraints.txt --editable ".[learned,cluster${EXTRAS:+,$EXTRAS}]" \
    && pip install --disable-pip-version-check --constraint constraints.txt --no-deps musicnn

COPY . .

# Kernels are compiled here and not at every start; on another processor they are compiled anew, so anybody may write.
RUN python -c "import numpy; from pipeline.features import Signal, get_feature_set; \
    from pipeline.models.coupled_svm import CoupledSVC; numbers = numpy.random.default_rng(0); \
    get_feature_set('spectral-v1').compute(Signal(numbers.random(22050, 'f4'))); \
    rows, classes = numbers.random((12, 2)), numpy.arange(12) % 3; CoupledSVC().fit(rows, classes).predict(rows)" \
    && chmod -R a+rwX /var/cache/genrelab && chmod 1777 /var/cache/genrelab

USER genrelab
ENTRYPOINT ["genrelab"]
CMD ["--help"]
