"""The invented artists of the demo corpus: whose each track is, what it is called, and what the artist does to it."""

from dataclasses import dataclass

import numpy as np

ARTISTS = {
    "blues": ("Delmar Oakes", "Levee Street Five", "Mama Corinth", "Slow Ferry"),
    "classical": ("Ensemble Aldergrove", "Ilse Varnholt", "Quartetto Bellacqua", "Nordhaven Sinfonietta"),
    "country": ("Cody Larkfield", "The Dusty Spurs", "June Wetherby", "Gravel Road Revival"),
    "disco": ("Mirrorball Union", "Sylvette", "Studio Zenith", "The Night Escalators"),
    "hiphop": ("MC Parallax", "Concrete Alphabet", "Lady Syntax", "Ninth Platform"),
    "jazz": ("Arlo Finch Trio", "Bessie Moreau", "The Late Set Quintet", "Otis Lindqvist"),
    "metal": ("Ashen Citadel", "Gravemarch", "Iron Meridian", "Vulkheim"),
    "pop": ("Ada Lumen", "Neon Orchard", "The Paper Satellites", "Kiko Vance"),
    "reggae": ("Jah Meadow", "The Blue Lagoonists", "Prince Tamarind", "Roots Harbour"),
    "rock": ("The Hollow Engines", "Static Avenue", "Marlow & the Kites", "Redline Sons"),
}
TURNS = (0, 1, 0, 2, 1, 3, 0, 2, 1, 0, 3, 0)
"""Which artist each track of a dozen is by: some have recorded more than others."""

ADJECTIVES = (
    "Amber",
    "Broken",
    "Distant",
    "Early",
    "Endless",
    "Golden",
    "Hidden",
    "Last",
    "Lonely",
    "Midnight",
    "Paper",
)
NOUNS = ("Avenue", "Bridge", "Fire", "Garden", "Harbour", "Letter", "Mirror", "Orchard", "River", "Season", "Signal")


@dataclass(frozen=True)
class Artist:
    """What the recordings of one artist have in common."""

    taste: float  # from 0 to 1: which of a genre's options the artist tends to
    brightness: float
    throat: float  # size of the singer's vocal tract, as a factor on the formants
    tuning_cents: float
    drum_tuning: float
    bass_db: float
    treble_db: float
    balance_db: tuple[float, ...]  # habits of the mixing engineer, a level a part
    studio: float  # from 0 to 1: how dull, noisy and roomy the recordings are


def credit(genre: str, number: int) -> tuple[str, str]:
    """Artist and title of a track; they depend on nothing else, so that a corpus can grow."""
    combination = number * 37 + 11 * sorted(ARTISTS).index(genre)
    adjective = ADJECTIVES[combination % len(ADJECTIVES)]
    noun = NOUNS[combination // len(ADJECTIVES) % len(NOUNS)]
    return ARTISTS[genre][TURNS[number % len(TURNS)]], f"{adjective} {noun}"


def draw_artist(rng: np.random.Generator) -> Artist:
    """Invent an artist's habits."""
    return Artist(
        taste=rng.uniform(),
        brightness=rng.normal(0.0, 0.1),
        throat=rng.uniform(0.92, 1.25),
        tuning_cents=rng.normal(0.0, 12.0),
        drum_tuning=rng.uniform(0.85, 1.18),
        bass_db=rng.normal(0.0, 1.2),
        treble_db=rng.normal(0.0, 1.6),
        balance_db=tuple(rng.normal(0.0, 1.5, size=8)),
        studio=rng.uniform(),
    )
