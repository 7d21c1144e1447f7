"""The Flask application, put together."""

from collections.abc import Set

from flask import Flask

from pipeline import __version__
from pipeline.features.set_words import title_set
from pipeline.features.words import name_feature
from pipeline.listen.desk import Desk
from pipeline.listen.wording import interval, number, percent
from pipeline.models import display_name
from pipeline.printable import count
from pipeline.web import api, charts, errors, pages, playlists, security
from pipeline.web.pictures import Pictures
from pipeline.web.uploads import LARGEST_UPLOAD

MOST_ROWS = 20
"""Rows of a table that is shown at once; a longer one is behind its summary."""


def create_app(desk: Desk, *, hosts: Set[str]) -> Flask:
    """Return the application.

    Parameters
    ----------
    desk : Desk
        answers for songs
    hosts : set of str
        names by which it may be asked (`pipeline.web.hosts`)
    """
    app = Flask(__name__)
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_UPLOAD, MAX_FORM_PARTS=10)
    app.extensions |= {"desk": desk, "pictures": Pictures(), "spaces": playlists.Spaces()}
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters |= {
        "interval": interval,
        "percent": percent,
        "number": number,
        "feature": name_feature,
        "model": display_name,
        "feature_set": title_set,
        "clock": charts.clock,
    }
    app.jinja_env.globals |= {
        "charts": charts,
        "version": __version__,
        "dataset": desk.dataset,
        "most_rows": MOST_ROWS,
        "count": count,
    }
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(api.blueprint)
    app.register_blueprint(playlists.blueprint)
    errors.install(app)
    security.install(app, hosts)
    return app
