"""The ten genres of the demo corpus, each one description."""

from pipeline.sources.demo.genres.groove import DISCO, HIPHOP, POP, REGGAE
from pipeline.sources.demo.genres.guitar import METAL, ROCK
from pipeline.sources.demo.genres.roots import BLUES, CLASSICAL, COUNTRY, JAZZ

DESCRIPTIONS = {
    genre.name: genre for genre in (BLUES, CLASSICAL, COUNTRY, DISCO, HIPHOP, JAZZ, METAL, POP, REGGAE, ROCK)
}
